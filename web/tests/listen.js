// Beside all that goes to the speakers an analyser. The document tells what is heard: data-peak is its present peak in
// percent of full scale, data-ended how many sounds the audio clock has run through.
const told = () => document.documentElement.dataset;
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...others) {
  if (to instanceof AudioDestinationNode) {
    const analyser = new AnalyserNode(this.context, { fftSize: 32768 });
    connect.call(this, analyser);
    setInterval(() => {
      told().peak = peakOf(analyser);
    }, 50);
  }
  return connect.call(this, to, ...others);
};
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  this.addEventListener("ended", () => {
    told().ended = 1 + Number(told().ended ?? 0);
  });
  return start.apply(this, when);
};

function peakOf(analyser) {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return Math.round(100 * samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0));
}
