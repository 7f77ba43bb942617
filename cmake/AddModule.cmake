# corticoil_precompile(<target> <headers…>): headers of libraries that most files of a target include, parsed once; they take longer to
# parse than most files to compile. Files with flags of their own set SKIP_PRECOMPILE_HEADERS. The preset dev does without
# (CMAKE_DISABLE_PRECOMPILE_HEADERS): there a missing #include is an error.
function(corticoil_precompile target)
    set(headers <algorithm> <cmath> <filesystem> <functional> <memory> <optional> <span> <string> <vector> ${ARGN})
    target_precompile_headers(${target} PRIVATE ${headers})
    # So ccache wants it.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

# corticoil_add_module(NAME <folder> USES <folders…> SOURCES … HEADERS … [PUBLIC <libs…>] [PRIVATE <libs…>]
#                      [PRECOMPILE <headers…>])
#
# One folder is one static library corticoil_<folder>, alias corticoil::<folder>. USES names the only folders whose
# headers it may include; tests/architecture compares it with the table in docs/architecture.md.
function(corticoil_add_module)
    cmake_parse_arguments(MODULE "" "NAME" "USES;SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
    set(target corticoil_${MODULE_NAME})
    add_library(${target} STATIC ${MODULE_SOURCES})
    add_library(corticoil::${MODULE_NAME} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${MODULE_NAME})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${MODULE_HEADERS})
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:corticoil_flags>)
    foreach(used IN LISTS MODULE_USES)
        target_link_libraries(${target} PUBLIC corticoil_${used})
    endforeach()
    target_link_libraries(${target} PUBLIC ${MODULE_PUBLIC} PRIVATE ${MODULE_PRIVATE})
    if(MODULE_PRECOMPILE)
        corticoil_precompile(${target} ${MODULE_PRECOMPILE})
    endif()
    install(TARGETS ${target} EXPORT corticoil_targets FILE_SET HEADERS DESTINATION include/corticoil)
endfunction()

# corticoil_add_unit_tests(<folder> SOURCES … [PRIVATE <libs…>] [WHOLE_SUITES <names…>] [SLOW <names…>]): quick tests of one
# folder, ctest label "unit". Each test is a process of its own, but for the suites named, whose set-up is dear: they run as one,
# with others that share the set-up where they are joined by "+" (Search+Robustness). Tests that take seconds each (SLOW, by suite
# and name) have the label "slow" instead. Under sanitizers, which make every start dear, a folder's unit tests are one process.
function(corticoil_add_unit_tests folder)
    cmake_parse_arguments(TESTS "" "" "SOURCES;PRIVATE;WHOLE_SUITES;SLOW" ${ARGN})
    set(target test_${folder})
    # Far above what a test takes: sanitizers and a busy machine slow it tenfold.
    set(timeout_s 600)
    add_executable(${target} ${TESTS_SOURCES})
    target_link_libraries(${target} PRIVATE corticoil_flags corticoil_test_support corticoil::${folder} ${TESTS_PRIVATE}
                                            GTest::gmock GTest::gtest_main)
    if(NOT folder STREQUAL imaging) # ITK brings an Eigen of its own, which gets on with ours only in its order.
        corticoil_precompile(${target} <Eigen/Geometry> <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    add_dependencies(unit_tests ${target})
    list(JOIN TESTS_SLOW ":" slow)
    if(CORTICOIL_SANITIZE)
        add_test(NAME ${folder} COMMAND ${target} --gtest_filter=-${slow})
        set_tests_properties(${folder} PROPERTIES LABELS unit TIMEOUT 1800)
        return()
    endif()
    set(apart ${TESTS_SLOW})
    foreach(suites IN LISTS TESTS_WHOLE_SUITES)
        string(REGEX REPLACE "([^+]+)" "\\1.*" pattern "${suites}")
        string(REPLACE "+" ":" pattern "${pattern}")
        list(APPEND apart "${pattern}")
        add_test(NAME ${folder}.${suites} COMMAND ${target} --gtest_filter=${pattern}-${slow})
        set_tests_properties(${folder}.${suites} PROPERTIES LABELS unit TIMEOUT 1200)
    endforeach()
    set(one_by_one "*")
    if(apart)
        list(JOIN apart ":" apart)
        set(one_by_one "-${apart}")
    endif()
    gtest_discover_tests(${target} TEST_PREFIX "${folder}." TEST_FILTER "${one_by_one}"
                         PROPERTIES LABELS unit TIMEOUT ${timeout_s} DISCOVERY_TIMEOUT 60)
    if(TESTS_SLOW)
        gtest_discover_tests(${target} TEST_PREFIX "${folder}." TEST_FILTER "${slow}" TEST_LIST ${target}_slow
                             PROPERTIES LABELS slow TIMEOUT ${timeout_s} DISCOVERY_TIMEOUT 60)
    endif()
endfunction()
