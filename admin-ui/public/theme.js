// Runs before the first paint, so that a chosen theme does not flash the other one. A file of its own: the hub allows no inline script.
try {
  var chosen = localStorage.getItem('mooring.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch (e) {
  // Storage may be forbidden; the system's theme is used then.
}
