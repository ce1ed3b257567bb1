# Installs the library into a fresh prefix and builds a project against it that knows only the
# prefix. Whatever the package forgets, is missing here.
set(prefix ${WORK}/prefix)
set(build ${WORK}/build)
file(REMOVE_RECURSE ${prefix} ${build})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component development)
foreach(file include/iacdb/iacdb.hpp share/doc/iacdb/LICENSE)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()

# An installed tree can be moved: nothing in it may name where it was built.
file(GLOB_RECURSE texts ${prefix}/*.cmake ${prefix}/*.hpp)
foreach(file IN LISTS texts)
  file(STRINGS ${file} found REGEX "${BUILD}")
  if(found)
    message(FATAL_ERROR "${file} names the build directory: ${found}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${build} -G Ninja -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_PREFIX_PATH=${prefix} -D WANTED_VERSION=${VERSION} -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${build})
run(${build}/consumer)
if(NOT output MATCHES "42 answers")
  message(FATAL_ERROR "the consumer printed: ${output}")
endif()

# The project and the program of the getting-started guide, as its reader would type them.
set(guide ${WORK}/guide)
file(REMOVE_RECURSE ${guide})
run(${PYTHON} -B ${EXTRACT} ${GUIDE} ${guide})
run(${CMAKE_COMMAND} -S ${guide} -B ${guide}/build -G Ninja -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${guide}/build)
run(${guide}/build/shop)
file(READ ${guide}/expected.txt expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "the guide's program printed:\n${output}")
endif()
