// What the specification gives apps that declare no domains, and colours as a chat has them.
import type { McpUiStyles } from "@modelcontextprotocol/ext-apps/app-bridge";

export const CSP = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' data:",
  "connect-src 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'self'",
].join("; ");

export const VARIABLES = {
  "--color-background-primary": "light-dark(#ffffff, #171717)",
  "--color-background-secondary": "light-dark(#f5f5f4, #262626)",
  "--color-background-tertiary": "light-dark(#e7e5e4, #0a0a0a)",
  "--color-text-primary": "light-dark(#171717, #fafafa)",
  "--color-text-secondary": "light-dark(#57534e, #a8a29e)",
  "--color-border-primary": "light-dark(#d6d3d1, #404040)",
  "--font-sans": "sans-serif",
} as McpUiStyles;
