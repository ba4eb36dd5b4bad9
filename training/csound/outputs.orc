; What a clip goes through before it is heard.

instr Dry
  out dcblock2(gaBus)
endin

instr Wood ; p4 first Hz of the body, p5 second Hz, p6 lowpass Hz, p7 dB of the peaks: a guitar's or violin's box
  aOut rbjeq gaBus, p4, ampdbfs(p7), 3, 0.7, 8
  aOut rbjeq aOut, p5, ampdbfs(p7 * 0.8), 4, 0.7, 8
  aOut rbjeq aOut, p5 * 2.1, ampdbfs(p7 * 0.4), 4, 0.7, 8
  out dcblock2(butterlp(aOut, p6))
endin

instr Amp ; p4 drive, p5 cabinet Hz, p6 highpass Hz: two valve stages and a speaker
  aOut butterhp gaBus, p6
  aOut = tanh(aOut * p4)
  aOut = tanh(dcblock2(aOut + 0.15) * (1 + p4 * 0.2))
  aOut rbjeq aOut, 2600, 1.8, 1, 0.7, 8
  aOut butterlp aOut, p5
  out dcblock2(butterlp(aOut, p5 * 1.3)) * 0.5
endin

instr Chorus ; p4 rate, p5 depth, p6 mix
  aOne vdelay3 gaBus, 12 + 4 * p5 * oscil:a(1, p4, 1), 100
  aTwo vdelay3 gaBus, 17 + 5 * p5 * oscil:a(1, p4 * 0.83, 1), 100
  out dcblock2(gaBus + (aOne + aTwo) * p6)
endin

instr Phaser ; p4 rate, p5 Hz, p6 feedback
  kSweep = p5 * 2 ^ lfo:k(1.3, p4)
  aOut phaser1 gaBus, kSweep, 8, p6
  out dcblock2(gaBus + aOut)
endin

instr Tremolo ; p4 Hz, p5 depth
  out dcblock2(gaBus * (1 + oscil:a(p5, p4, 1)))
endin

instr Space ; p4 seconds as feedback, p5 Hz, p6 mix
  aLeft, aRight reverbsc gaBus, gaBus, p4, p5
  out dcblock2(gaBus * (1 - p6) + (aLeft + aRight) * p6 * 0.5)
endin

instr Clear
  gaBus = 0
endin
