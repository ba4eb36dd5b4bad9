// Asks for the token once; the server gives a cookie in its place.
import "./controls.css";
import "./TokenForm.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { asSentence } from "../shared/words";
import { letIn, sentenceOf } from "./connection";

const WRONG = "That is not the server's token.";

export function TokenForm() {
  const [refused, setRefused] = useState("");
  const [asking, setAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (asking) return;
    setAsking(true);
    setRefused(await refusal(field.current?.value.trim() ?? ""));
    setAsking(false);
    field.current?.select();
  };
  return (
    <main class="locked">
      <h1>This server wants its token</h1>
      <p id="token-where">
        It stands in the server's <code>config.toml</code> (<code>[server] token</code>), in the file that{" "}
        <code>token_file</code> names, or in <code>SOUNDPALETTE_SERVER__TOKEN</code>. This browser keeps a cookie for
        it, not the token itself.
      </p>
      <form onSubmit={send}>
        <input name="username" value="soundpalette" autocomplete="username" readOnly hidden />
        <label for="token">Token</label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="token-where"
          aria-invalid={refused !== ""}
        />
        <button type="submit" class="primary" aria-disabled={asking}>
          Let me in
        </button>
        {refused && <p role="alert">{asSentence(refused)}</p>}
      </form>
    </main>
  );
}

/** Why the token does not let in; empty: it does. */
async function refusal(token: string): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(token)) return WRONG; // a header could not carry it
  try {
    await letIn(token);
    return "";
  } catch (error) {
    return error instanceof ApiError && error.status === 401 ? WRONG : sentenceOf(error);
  }
}
