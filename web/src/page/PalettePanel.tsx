// The chosen sounds: describe, build, replace, export.
import "./controls.css";
import "./PalettePanel.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { asSentence } from "../shared/words";
import { Advice } from "./Advice";
import { BriefForm } from "./BriefForm";
import { choosing } from "./building";
import { ChosenSounds } from "./ChosenSounds";
import { draggedSample, isDragged } from "./dragging";
import { ExportGroup } from "./ExportGroup";
import { focusPalette, PALETTE_HEADING } from "./heading";
import { before, choose, chosen, MOST_CHOSEN, news, refused, undo } from "./palette";

export function PalettePanel() {
  const number = chosen.value.length;
  const drop = useDrop();
  return (
    <>
      <a class="palette-bar" href="#palette">
        Palette ({number})
      </a>
      <section id="palette" class={`palette ${drop.over ? "over" : ""}`} aria-labelledby={PALETTE_HEADING} {...drop.on}>
        <h2 id={PALETTE_HEADING} tabIndex={-1}>
          Palette
        </h2>
        <p class="palette-count">{number ? `${number} of ${MOST_CHOSEN}` : ""}</p>
        <BriefForm />
        <News />
        {number ? <ChosenSounds /> : <Empty />}
        <Advice />
        {number > 0 && <ExportGroup />}
      </section>
    </>
  );
}

function Empty() {
  return (
    <p class="quiet">
      Nothing is chosen yet. Search and add what you like (or drag it here), draw a lasso on the map, or say above what
      the palette shall be and press Build.
    </p>
  );
}

/** What was done, what could not be done. */
function News() {
  const alert = useRef<HTMLParagraphElement>(null);
  // What failed may have been pressed far below it.
  useLayoutEffect(() => alert.current?.scrollIntoView({ block: "nearest" }), [refused.value]);
  return (
    <div class="news">
      <p role="status">{choosing.value ? "Choosing…" : news.value}</p>
      {before.value && (
        <button type="button" onClick={takeBack}>
          Undo
        </button>
      )}
      {refused.value && (
        <p ref={alert} role="alert">
          {asSentence(refused.value)}
        </p>
      )}
    </div>
  );
}

function takeBack(): void {
  undo();
  focusPalette();
}

/** Takes rows that are dragged here. */
function useDrop() {
  const [over, setOver] = useState(false);
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer || !isDragged(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    setOver(true);
  };
  const onDragLeave = (event: DragEvent) => {
    const into = event.relatedTarget;
    if (!(into instanceof Node && (event.currentTarget as Element).contains(into))) setOver(false);
  };
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const sound = event.dataTransfer && draggedSample(event.dataTransfer);
    if (!sound) return;
    event.preventDefault();
    choose(sound);
  };
  return { over, on: { onDragOver, onDragLeave, onDrop } };
}
