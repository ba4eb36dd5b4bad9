// What both apps have around what they show: a live region, complaints, and a way to the whole window.
import "../shared/tokens.css";
import "./frame.css";
import type { ComponentChildren } from "preact";
import { callable, large, resize } from "./host";
import { complaint, status } from "./said";

export function Frame({ heading, children }: { heading: string; children: ComponentChildren }) {
  return (
    <main class="frame">
      <h1 class="unseen">{heading}</h1>
      {children}
      {complaint.value && (
        <p class="complaint" role="alert">
          {complaint.value}
        </p>
      )}
      <footer class="foot">
        <p role="status">{status.value}</p>
        {large.value !== null && (
          <button type="button" class="plain" onClick={resize}>
            {large.value ? "Back into the chat" : "Larger"}
          </button>
        )}
      </footer>
    </main>
  );
}

/** Said where tools cannot be called; nothing else may be missing. */
export function Mute({ sentence }: { sentence: string }) {
  return callable.value ? null : <p class="quiet">{sentence}</p>;
}
