// The sound that was clicked: what it is, and what can be done with it.
import { focusMap } from "../page/heading";
import { CopyPathButton, MoreLikeButton, PaletteButton, PlayButton } from "../page/SoundButtons";
import { Icon } from "../shared/Icon";
import { cssColour } from "../shared/roles";
import { pinned } from "./atlas";
import { useKnown } from "./known";

export function Card() {
  const known = useKnown(pinned.value);
  return (
    <>
      <p class="unseen" role="status">
        {known && `${known.name}, ${known.role || "role not known"}`}
      </p>
      {known && (
        // biome-ignore lint/a11y/useSemanticElements: it is no form
        <div class="map-card" role="group" aria-label={known.name}>
          <PlayButton id={known.id} name={known.path} />
          <p>
            <b title={known.name}>{known.name}</b>
            <span>
              <span class="dot" style={{ background: cssColour(known.role) }} /> {known.role || "role not known"}
            </span>
          </p>
          <MoreLikeButton id={known.id} name={known.path} />
          <PaletteButton id={known.id} name={known.path} role={known.role} />
          <CopyPathButton id={known.id} name={known.path} />
          <button type="button" class="sound-button" aria-label={`Close ${known.name}`} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </>
  );
}

function close(): void {
  pinned.value = -1;
  focusMap();
}
