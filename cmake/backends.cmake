# The list of backends is one generated table, compiled into the library: no static-initialiser
# registration. A backend whose client library is absent stands in it with a hint instead.
#
#   iacdb_backend_table(sqlite "libsqlite3-dev" mysql "libmariadb-dev" ...)   # name, what it needs
function(iacdb_backend_table)
  set(includes "")
  set(present "")
  set(missing "")
  set(arguments ${ARGN})
  while(arguments)
    list(POP_FRONT arguments name package)
    if(TARGET iacdb_backends_${name})
      string(APPEND includes "#include \"backends/${name}/${name}.hpp\"\n")
      string(APPEND present "      &backends::backend_${name}(),\n")
    else()
      string(APPEND missing
        "      {\"${name}\", \"install the package ${package} and build iacdb again\"},\n")
    endif()
  endwhile()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/backend_table.cpp.in
                 ${PROJECT_BINARY_DIR}/generated/backend_table.cpp @ONLY)
  add_library(iacdb_backend_table OBJECT ${PROJECT_BINARY_DIR}/generated/backend_table.cpp)
  target_link_libraries(iacdb_backend_table PUBLIC iacdb_driver)
  set_property(GLOBAL APPEND PROPERTY IACDB_ROOM_TARGETS iacdb_backend_table)
endfunction()
