# corticoil_add_module(NAME <folder> USES <folders…> SOURCES … HEADERS … [PUBLIC <libs…>] [PRIVATE <libs…>])
#
# One folder is one static library corticoil_<folder>, alias corticoil::<folder>. USES names the only folders whose
# headers it may include; tests/architecture compares it with the table in docs/architecture.md.
function(corticoil_add_module)
    cmake_parse_arguments(MODULE "" "NAME" "USES;SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
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
    install(TARGETS ${target} EXPORT corticoil_targets FILE_SET HEADERS DESTINATION include/corticoil)
endfunction()

# corticoil_add_unit_tests(<folder> SOURCES … [PRIVATE <libs…>] [WHOLE_SUITES <names…>]): quick tests of one folder, ctest
# label "unit". Each test is a process of its own, but for the suites named, whose set-up is dear: they run as one.
function(corticoil_add_unit_tests folder)
    cmake_parse_arguments(TESTS "" "" "SOURCES;PRIVATE;WHOLE_SUITES" ${ARGN})
    set(target test_${folder})
    # Far above what a test takes: sanitizers and a busy machine slow it tenfold.
    set(timeout_s 600)
    add_executable(${target} ${TESTS_SOURCES})
    target_link_libraries(${target} PRIVATE corticoil_flags corticoil_test_support corticoil::${folder} ${TESTS_PRIVATE}
                                            GTest::gmock GTest::gtest_main)
    add_dependencies(unit_tests ${target})
    set(one_by_one "*")
    if(TESTS_WHOLE_SUITES)
        list(TRANSFORM TESTS_WHOLE_SUITES APPEND ".*" OUTPUT_VARIABLE whole)
        list(JOIN whole ":" whole)
        set(one_by_one "-${whole}")
    endif()
    gtest_discover_tests(${target} TEST_PREFIX "${folder}." TEST_FILTER "${one_by_one}"
                         PROPERTIES LABELS unit TIMEOUT ${timeout_s} DISCOVERY_TIMEOUT 60)
    foreach(suite IN LISTS TESTS_WHOLE_SUITES)
        add_test(NAME ${folder}.${suite} COMMAND ${target} --gtest_filter=${suite}.*)
        set_tests_properties(${folder}.${suite} PROPERTIES LABELS unit TIMEOUT 1200)
    endforeach()
endfunction()
