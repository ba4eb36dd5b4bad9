// The names of the server's schemas; schema.d.ts is made from its OpenAPI document.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type SearchHit = Schemas["SearchHit"];
export type SearchResult = Schemas["SearchResult"];
export type TextSearch = Schemas["TextSearch"];
export type AudioSearch = Schemas["AudioSearch"];
export type HybridSearch = Schemas["HybridSearch"];
export type Filters = Schemas["Narrowed"];
export type Facets = Schemas["Facets"];
export type LibraryState = Schemas["LibraryState"];
export type Failures = Schemas["Failures"];
export type SampleShown = Schemas["SampleShown"];
export type WaveformShown = Schemas["WaveformShown"];
export type PaletteDescription = Schemas["PaletteDescription"];
export type BuiltPalette = Schemas["BuiltPalette"];
export type PalettePick = Schemas["PalettePick"];
export type Build = Schemas["Build"];
export type Problem = Schemas["Problem"];
