const search = document.getElementById("search");
const boxes = [...document.querySelectorAll(".choice input")];
const rows = [...document.querySelectorAll("tbody tr")];

function choose() {
  const words = search.value.toLowerCase().split(/\s+/);
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const cells = [...row.querySelectorAll("td")];
    row.hidden = !words.every((word) => text.includes(word)) || !cells.some((cell) => chosen.includes(cell.className));
  }
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = !section.querySelector("tbody tr:not([hidden])");
  }
}

for (const row of rows) {
  const open = () => row.classList.toggle("open");
  row.addEventListener("click", () => getSelection().isCollapsed && open());
  row.addEventListener("keydown", (event) => event.key === "Enter" && open());
}
search.addEventListener("input", choose);
boxes.forEach((box) => box.addEventListener("change", choose));
