"""What agents and people can ask: plain typed functions, the same for MCP, REST and the command line."""
