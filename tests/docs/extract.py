"""Writes the library project of the getting-started guide: extract.py GUIDE FOLDER

CMakeLists.txt and shop.cpp come from its only blocks of `cmake` and `cpp`; expected.txt from the
`text` block after them.
"""

import os
import re
import sys


def main():
    guide, folder = sys.argv[1:]
    with open(guide, encoding="utf-8") as file:
        text = file.read()
    project = re.search(r"^```cmake\n(.*?)^```$", text, re.M | re.S)
    program = re.search(r"^```cpp\n(.*?)^```\n\n```text\n(.*?)^```$", text, re.M | re.S)
    if not project or not program or text.count("```cpp") != 1 or text.count("```cmake") != 1:
        sys.exit(f"{guide} must have one project and one program, followed by what it prints")
    os.makedirs(folder, exist_ok=True)
    for name, content in [("CMakeLists.txt", project[1]), ("shop.cpp", program[1]),
                          ("expected.txt", program[2])]:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content)


main()
