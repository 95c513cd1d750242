// Where a form has our own control for a file in place of the browser's: which file was chosen.

for (const input of document.querySelectorAll('.choose + input[type=file]')) {
  const words = input.previousElementSibling.querySelector('span');
  const asked = words.textContent;
  const tell = () => {
    words.textContent = input.files[0]?.name ?? asked;
  };
  input.addEventListener('change', tell);
  tell();
}
