; Oscillators and filters, frequency modulation, sung vowels, textures.

instr Synth ; p4 Hz, p5 level, p6 wave of vco2, p7 cents, p8 attack, p9 decay, p10 sustain, p11 release, p12 filter, p13 cutoff, p14 octaves up, p15 their seconds, p16 resonance, p17 LFO Hz, p18 octaves, p19 glide from ratio, p20 its seconds, p21 vibrato
  iHold = max(p3 - p8 - p9 - p11, 0.001)
  aLevel linseg 0, p8, 1, p9, p10, iHold, p10, p11, 0, 1, 0
  kGlide expseg p19, p20, 1, 1, 1
  kHz = p4 * kGlide * (1 + p21 * oscil(1, 5.6, 1))
  iUp = cent(p7)
  aOut = vco2(0.3, kHz, p6, 0.3) + vco2(0.3, kHz * iUp, p6, 0.35) + vco2(0.3, kHz / iUp, p6, 0.45)
  kOpen expseg 1, 0.004 + p8 * 0.5, 2 ^ p14, p15, 1, 1, 1
  kLow lfo p18, p17
  kCut limit p13 * kOpen * 2 ^ kLow, 30, 19000
  if p12 == 0 then
    aOut moogladder aOut, kCut, p16
  elseif p12 == 1 then
    aOut lpf18 aOut, kCut, p16, 0.6
  elseif p12 == 2 then
    aOut diode_ladder aOut, kCut, p16 * 16, 1, 3
  elseif p12 == 3 then
    aOut K35_lpf aOut, kCut, 1 + p16 * 8.5, 1, 2
  elseif p12 == 4 then
    aOut butterhp aOut, kCut
  else
    aOut butterlp aOut, kCut
  endif
  aFade linseg 1, p3 - 0.006, 1, 0.006, 0
  gaBus += aOut * aLevel * aFade * p5
endin

instr Fm ; p4 Hz, p5 level, p6 carrier, p7 modulator, p8 index, p9 index at the end, p10 index seconds, p11 attack, p12 seconds to -60 dB (0: held), p13 release
  kIndex expseg p8 + 0.001, p10, p9 + 0.001, 1, p9 + 0.001
  aOut foscili 0.5, p4, p6, p7, kIndex, giSine
  aLevel linseg 0, p11, 1, max(p3 - p11 - p13, 0.001), 1, p13, 0
  if p12 > 0 then
    aFall expseg 1, p12, 0.001, 1, 0.0001
    aLevel = aLevel * aFall
  endif
  gaBus += aOut * aLevel * p5
endin

instr FmBell ; p4 Hz, p5 level, p6 and p7 controls
  aFade linseg 1, p3 - 0.05, 1, 0.05, 0
  gaBus += fmbell(0.6, p4, p6, p7, 0.005, 6, giSine, giSine, giSine, giSine, giSine, p3) * p5 * aFade
endin

instr Hammond ; p4 Hz, p5 level, p6 to p10 drawbars, p11 rotor Hz, p12 its depth, p13 click
  aLevel linseg 0, 0.006, 1, p3 - 0.026, 1, 0.02, 0
  kRotor oscil p12, p11, 1
  kHz = p4 * (1 + kRotor * 0.006)
  aOut = p6 * oscili(1, kHz * 0.5, 1) + p7 * oscili(1, kHz, 1) + p8 * oscili(1, kHz * 1.4983, 1)
  aOut += p9 * oscili(1, kHz * 2, 1) + p10 * oscili(1, kHz * 3, 1) + p10 * 0.7 * oscili(1, kHz * 4, 1)
  aClick expseg 1, 0.012, 0.001, 1, 0.0001
  aNoise noise p13, 0
  gaBus += (aOut * 0.15 * (1 + kRotor * 0.3) + butterhp(aNoise * aClick, 800)) * aLevel * p5
endin

instr Pipes ; p4 Hz, p5 level, p6 brightness, p7 mixture
  aLevel linseg 0, 0.06, 1, p3 - 0.26, 1, 0.2, 0
  kBreath jspline 0.002, 3, 8
  aOut gbuzz 0.4, p4 * (1 + kBreath), int(14000 / p4), 1, p6, giCosine
  aOut += gbuzz(0.3, p4 * 2.003, int(7000 / p4), 1, p6, giCosine)
  aOut += p7 * (gbuzz(0.2, p4 * 4.01, int(3500 / p4) + 1, 1, p6, giCosine) + oscili(0.2, p4 * 0.5, 1))
  aChiff noise 0.02, 0
  gaBus += (aOut + butterbp(aChiff, p4 * 4, p4 * 2)) * aLevel * p5
endin

instr Sing ; p4 Hz, p5 level, p6 p7 p8 p9 formants, p10 attack, p11 release, p12 vibrato, p13 breath, p14 p15 p16 what the first three become
  kLevel linseg 0, p10, 1, p3 - p10 - p11, 1, p11, 0
  kSlow linseg 0, 0.5, 1, 1, 1
  kHz = p4 * (1 + p12 * kSlow * oscil(1, 4.6 + birnd(0.7), 1) + jspline(0.006, 1, 4))
  k1 expseg p6, p3, p14
  k2 expseg p7, p3, p15
  k3 expseg p8, p3, p16
  aOut fof 1, kHz, k1, 0, 70, 0.003, 0.02, 0.007, 300, 1, giRise, p3
  aOut += fof(0.45, kHz, k2, 0, 90, 0.003, 0.02, 0.007, 300, 1, giRise, p3)
  aOut += fof(0.2, kHz, k3, 0, 110, 0.003, 0.02, 0.007, 300, 1, giRise, p3)
  aOut += fof(0.12, kHz, p9, 0, 130, 0.003, 0.02, 0.007, 300, 1, giRise, p3)
  aAir noise p13, 0
  aOut += reson(aAir, k2, 400, 2) + reson(aAir, k3, 500, 2)
  gaBus += aOut * kLevel * p5 * 0.3
endin

instr Grains ; p4 Hz, p5 level, p6 grains a second, p7 spread Hz, p8 grain seconds, p9 table, p10 attack, p11 release
  kLevel linseg 0, p10, 1, p3 - p10 - p11, 1, p11, 0
  gaBus += grain(0.3, p4, p6, 0.2, p7, p8, p9, giWindow, 1) * kLevel * p5
endin

instr Drone ; p4 Hz, p5 level, p6 brightness, p7 movement, p8 attack, p9 release
  kLevel linseg 0, p8, 1, p3 - p8 - p9, 1, p9, 0
  kBright = p6 + jspline(p7, 0.2, 1.2)
  kBright limit kBright, 0.05, 0.95
  aOut gbuzz 0.4, p4 * (1 + jspline(0.004, 0.3, 2)), int(9000 / p4), 1, kBright, giCosine
  gaBus += aOut * kLevel * p5
endin

instr Gust ; p4 Hz, p5 level, p6 movement in octaves, p7 band over Hz, p8 movements a second, p9 attack, p10 release
  kLevel linseg 0, p9, 1, p3 - p9 - p10, 1, p10, 0
  kMove jspline 1, p8 * 0.5, p8 * 1.5
  kHz = p4 * 2 ^ (kMove * p6)
  aAir pinkish noise(1, 0), 1
  aOut reson aAir, kHz, kHz * p7, 2
  gaBus += reson(aOut, kHz, kHz * p7, 2) * (1 + 0.8 * kMove) * kLevel * p5
endin

instr Rain ; p4 drops a second, p5 level, p6 Hz, p7 octaves, p8 wash
  kLevel linseg 0, 0.2, 1, p3 - 0.5, 1, 0.3, 0
  aDrops dust2 1, p4
  aMore dust2 1, p4 * 3
  kHz = p6 * 2 ^ randh:k(p7, p4 * 2)
  aWash noise p8, 0
  aOut = reson(aDrops, kHz, kHz * 0.3, 2) + butterhp(aMore, p6) * 0.3 + butterhp(aWash, 1200)
  gaBus += butterlp(aOut, 11000) * kLevel * p5
endin

instr Crackle ; p4 clicks a second, p5 level, p6 low Hz, p7 high Hz, p8 hiss
  aDust dust2 1, p4
  aBig dust2 1.5, p4 * 0.12
  aHiss noise p8, 0
  aOut butterlp aDust + reson(aBig, 1400, 900, 2), p7
  gaBus += (butterhp(aOut, p6) + butterhp(aHiss, 500)) * p5
endin

instr Vacuum ; p4 Hz at the start, p5 at the end, p6 level, p7 band over Hz, p8 peak at (0..1), p9 power of the rise
  kLevel linseg 0, p3 * p8, 1, p3 * (1 - p8), 0
  kHz expseg p4, p3, p5
  aAir noise 1, 0
  aOut reson aAir, kHz, kHz * p7, 2
  gaBus += aOut * kLevel ^ p9 * p6
endin
