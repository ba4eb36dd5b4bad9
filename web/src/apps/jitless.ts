// zod tries, when the first schema is made, whether it may compile code, and a chat's policy reports the try. The SDK
// forbids it when an App is made, which is after its schemas: so this is imported before it.
import { config } from "zod/v4/core";

config({ jitless: true });
