# Compiler flags, ccache, the linker and sanitizers: everything that is the same in every room.
find_program(IACDB_CCACHE ccache)
if(IACDB_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${IACDB_CCACHE})
endif()
find_program(IACDB_MOLD mold)
if(IACDB_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(IACDB_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library's own string and optional code at -O2
  # (GCC bug 105329 and its relatives); as errors they would stop correct programs.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-stringop-overread)
endif()

if(IACDB_SANITIZE)
  add_compile_options(-fsanitize=${IACDB_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IACDB_SANITIZE})
endif()
