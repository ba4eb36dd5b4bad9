// What can be done with a sound wherever it is shown: in a row, on the map, in the palette.
import { useState } from "preact/hooks";
import { playing } from "../shared/player";
import { SoundButton } from "../shared/SoundButton";
import { fileName } from "../shared/words";
import { choose, isChosen, news, unchoose } from "./palette";
import { reference } from "./question";
import { copyPath, playOrStop } from "./sounds";
import { complain, tell } from "./told";

export interface Named {
  readonly id: string;
  /** The file's name, or its path below a root. */
  readonly name: string;
  /** -1 where keys of the surrounding row do the same. */
  readonly tabIndex?: number | undefined;
}

const DONE_MS = 1500;

export function PlayButton({ id, name, tabIndex }: Named) {
  const here = playing.value === id;
  const label = `${here ? "Stop" : "Play"} ${fileName(name)}`;
  const icon = here ? "stop" : "play";
  return <SoundButton kind="play" {...{ icon, label, tabIndex }} onPress={() => playOrStop(id, name)} />;
}

export function MoreLikeButton({ id, name, tabIndex }: Named) {
  const label = `More like ${fileName(name)}`;
  return <SoundButton icon="like" {...{ label, tabIndex }} onPress={() => moreLike(id, name)} />;
}

export function PaletteButton({ id, name, role, tabIndex }: Named & { readonly role: string }) {
  const here = isChosen(id);
  const label = here ? `Remove ${fileName(name)} from the palette` : `Add ${fileName(name)} to the palette`;
  const icon = here ? "added" : "add";
  const kind = here ? "chosen" : "";
  return <SoundButton {...{ icon, label, kind, tabIndex }} onPress={() => turnChosen(id, name, role)} />;
}

export function CopyPathButton({ id, name, tabIndex }: Named) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyPath(id, name))) return;
    setDone(true);
    setTimeout(() => setDone(false), DONE_MS);
  };
  const label = `Copy the path of ${fileName(name)}`;
  return <SoundButton icon={done ? "added" : "copy"} {...{ label, tabIndex }} onPress={copy} />;
}

/** Looks for sounds like this one. */
export function moreLike(id: string, name: string): void {
  reference.value = { kind: "sample", id, name };
}

export function turnChosen(id: string, name: string, role: string): void {
  const here = isChosen(id);
  if (here) unchoose(id);
  else choose({ id, name, role });
  if (here) tell(`Removed “${fileName(name)}” from the palette.`);
  else if (isChosen(id)) tell(`Added “${fileName(name)}” to the palette.`);
  else complain(news.value);
}
