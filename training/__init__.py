"""From registry packages to the compact encoder's weights. Run the stages in order: see README.md."""
