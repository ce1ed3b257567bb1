# A room is a folder of src/ and one object library. Its DEPENDS list is its include allow-list:
# tests/tidy checks every #include against rooms.txt, which is written here.
#
#   iacdb_room(pool DEPENDS driver LIBS Boost::headers)
#
# Sources are the folder's *.cpp; *_test.cpp beside them become the unit test `test_<room>`.
set(IACDB_ROOMS "" CACHE INTERNAL "")
set_property(GLOBAL PROPERTY IACDB_ROOM_LINES "")
add_custom_target(unit COMMENT "All unit tests are built")

function(iacdb_room path)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LIBS;EXCLUDE;TEST_LIBS" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${path}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  foreach(pattern IN LISTS ROOM_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${pattern}")
    list(FILTER tests EXCLUDE REGEX "${pattern}")
  endforeach()

  set(closure ${path})
  foreach(dep IN LISTS ROOM_DEPENDS)
    list(APPEND closure ${IACDB_CLOSURE_${dep}})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(IACDB_CLOSURE_${path} ${closure} CACHE INTERNAL "")
  set_property(GLOBAL APPEND PROPERTY IACDB_ROOM_LINES "${path}: ${closure}")

  if(sources)
    set(usage PUBLIC)
    add_library(iacdb_${name} OBJECT ${sources})
    set_property(GLOBAL APPEND PROPERTY IACDB_ROOM_TARGETS iacdb_${name})
    set_property(GLOBAL PROPERTY IACDB_LIBS_OF_iacdb_${name} ${ROOM_LIBS})
  else()
    set(usage INTERFACE)  # headers only
    add_library(iacdb_${name} INTERFACE)
  endif()
  target_include_directories(iacdb_${name} ${usage}
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(iacdb_${name} ${usage} Threads::Threads Boost::headers ${ROOM_LIBS})
  foreach(dep IN LISTS ROOM_DEPENDS)
    string(REPLACE "/" "_" dep_name ${dep})
    target_link_libraries(iacdb_${name} ${usage} iacdb_${dep_name})
  endforeach()

  # Nine tenths of what the fuzzers' build would do, is reading these again and again.
  if(IACDB_FUZZ AND sources)
    target_precompile_headers(iacdb_${name} PRIVATE <algorithm> <array> <chrono> <functional> <map>
      <memory> <optional> <span> <sstream> <string> <string_view> <tuple> <unordered_map> <vector>)
  endif()

  if(IACDB_TESTS AND tests)
    add_executable(test_${name} ${tests})
    target_link_libraries(test_${name} PRIVATE GTest::gtest_main GTest::gmock ${ROOM_TEST_LIBS})
    foreach(member IN LISTS closure)
      string(REPLACE "/" "_" member_name ${member})
      # Object libraries pass on usage, not objects: name every room of the closure.
      target_link_libraries(test_${name} PRIVATE iacdb_${member_name})
    endforeach()
    add_dependencies(unit test_${name})
    add_test(NAME unit_${name} COMMAND test_${name})
    set_tests_properties(unit_${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
