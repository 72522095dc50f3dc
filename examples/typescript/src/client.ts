// A client that knows every address, parameter and answer of the API, made from its description.

import createClient from "openapi-fetch";
import type { components, paths } from "./galley.js";

type Schemas = components["schemas"];

export type Article = Schemas["Article"];
export type Block = Schemas["Block"];
export type FeedItem = Schemas["FeedItem"];
export type Photo = Schemas["Photo"];

// Of the forms that an answer has, JSON is what it is asked for.
type Json = "application/json" | "application/problem+json";

export const connect = (baseUrl: string) => createClient<paths, Json>({ baseUrl });

export type Client = ReturnType<typeof connect>;
