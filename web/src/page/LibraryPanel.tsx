// The state of the index, its progress and its failures: a button in the header, and what it opens.
import "./controls.css";
import "./LibraryPanel.css";
import { signal } from "@preact/signals";
import type { LibraryState } from "../api/types";
import { asSentence, count } from "../shared/words";
import { forgetToken, holdsCookie } from "./connection";
import { FailureList } from "./FailureList";
import { library, trouble } from "./library";

/** null: open by itself where there is nothing yet. */
const open = signal<boolean | null>(null);

export function LibraryPanel() {
  const state = library.value;
  const isOpen = open.value ?? (state?.samples === 0 && !state.running);
  return (
    <>
      <button
        type="button"
        class="library-button"
        aria-expanded={isOpen}
        aria-controls="library"
        onClick={() => {
          open.value = !isOpen;
        }}
      >
        Library{state && `: ${count(state.samples, "sound")}`}
      </button>
      {state?.running && <Progress state={state} />}
      {trouble.value && <p role="alert">{asSentence(trouble.value)}</p>}
      <section id="library" class="library" aria-label="Library" hidden={!isOpen}>
        {state && isOpen && <Told state={state} />}
      </section>
    </>
  );
}

function Progress({ state: { done, planned } }: { state: LibraryState }) {
  const text = doing(done, planned);
  const figures = planned ? { "aria-valuenow": done, "aria-valuemin": 0, "aria-valuemax": planned } : {};
  return (
    <div class="indexing">
      <div class="track" role="progressbar" aria-label="Indexing" aria-valuetext={text} tabIndex={-1} {...figures}>
        <div class="done" style={{ width: planned ? `${(100 * done) / planned}%` : "100%" }} />
      </div>
      <span class="quiet">{text}</span>
    </div>
  );
}

function doing(done: number, planned: number): string {
  if (!planned) return "Looking for files";
  if (done >= planned) return "Finishing the index and the map";
  return `Indexing ${done.toLocaleString("en")} of ${count(planned, "file")}`;
}

function Told({ state }: { state: LibraryState }) {
  const { samples, running, failed, version } = state;
  return (
    <>
      {samples === 0 && !running && <FirstSteps />}
      <Counts state={state} />
      <Pending state={state} />
      <Roots state={state} />
      {failed > 0 && <FailureList failed={failed} version={version} />}
      {holdsCookie.value && (
        <p>
          <button type="button" onClick={() => void forgetToken()}>
            Forget the token
          </button>
        </p>
      )}
    </>
  );
}

function FirstSteps() {
  return (
    <div class="first-steps">
      <h2>No sounds yet</h2>
      <p>
        Tell SoundPalette where your samples are: in a terminal, type <code>soundpalette index</code> and the folder.
      </p>
      <pre>soundpalette index ~/Music/Samples</pre>
      <p>
        It reads the files and changes none. This page shows how far it is, and finds the sounds when it is through.
      </p>
    </div>
  );
}

function Counts({ state }: { state: LibraryState }) {
  const { encoder, samples, indexed, mapped, finished } = state;
  const facts: readonly (readonly [string, string])[] = [
    ["Sounds", samples.toLocaleString("en")],
    ["Found by searches", indexed.toLocaleString("en")],
    ["On the map", mapped.toLocaleString("en")],
    ["Encoder", encoder],
    ["Last run ended", finished ? localTime(finished) : "never"],
  ];
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Pending({ state: { pending, running } }: { state: LibraryState }) {
  if (!pending || running) return null;
  return (
    <p class="mend">
      {count(pending, "sound is", "sounds are")} not found by searches yet; run <code>soundpalette index</code>.
    </p>
  );
}

function Roots({ state: { roots } }: { state: LibraryState }) {
  if (!roots.length) return null;
  return (
    <>
      <h2>Folders</h2>
      <ul aria-label="Folders">
        {roots.map(({ id, path, there }) => (
          <li key={id}>
            {path}
            {!there && <strong class="mend"> is not there: an unplugged drive?</strong>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A time in UTC as this machine's clock has it. */
function localTime(utc: string): string {
  const time = new Date(utc);
  return Number.isNaN(time.valueOf()) ? utc : time.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
