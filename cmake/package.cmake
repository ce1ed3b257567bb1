# One library out of all rooms, and its installation for find_package(iacdb).
#
#   target_link_libraries(my_program PRIVATE iacdb)            # programs of this tree
#   find_package(iacdb) ... iacdb::iacdb                       # programs of other trees
#
# What only the command needs goes into iacdb_service, which is not installed: a program that
# links iacdb::iacdb shall not need a line editor or an HTTP server.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

add_library(iacdb STATIC)
add_library(iacdb::iacdb ALIAS iacdb)
target_include_directories(iacdb PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
# PFR and threads show in public headers; the other libraries matter to the linker alone.
target_link_libraries(iacdb PUBLIC Threads::Threads Boost::headers)
target_compile_features(iacdb PUBLIC cxx_std_20)

get_property(room_targets GLOBAL PROPERTY IACDB_ROOM_TARGETS)
set(service_targets ${room_targets})
list(FILTER service_targets INCLUDE REGEX "^iacdb_(net|gateway|http|cli)(_.*)?$")
if(service_targets)
  list(REMOVE_ITEM room_targets ${service_targets})
  add_library(iacdb_service STATIC)
  target_link_libraries(iacdb_service PUBLIC iacdb)
endif()

function(iacdb_merge library)
  foreach(room IN LISTS ARGN)
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:${room}>)
    get_property(libs GLOBAL PROPERTY IACDB_LIBS_OF_${room})
    target_link_libraries(${library} PRIVATE ${libs})
  endforeach()
endfunction()
iacdb_merge(iacdb ${room_targets})
if(TARGET iacdb_service)
  iacdb_merge(iacdb_service ${service_targets})
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/iacdb)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/iacdbConfig.cmake.in
  ${PROJECT_BINARY_DIR}/iacdbConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/iacdbConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

install(TARGETS iacdb EXPORT iacdb-targets ARCHIVE COMPONENT development)
install(EXPORT iacdb-targets FILE iacdbTargets.cmake NAMESPACE iacdb::
        DESTINATION ${package_folder} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/iacdbConfig.cmake
        ${PROJECT_BINARY_DIR}/iacdbConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/iacdb TYPE INCLUDE COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        TYPE DOC COMPONENT development)
