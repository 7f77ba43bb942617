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

# corticoil_add_unit_tests(<folder> SOURCES … [PRIVATE <libs…>] [WHOLE_SUITES <names…>] [SLOW <names…>]): quick tests of one
# folder, ctest label "unit". Each test is a process of its own, but for the suites named, whose set-up is dear: they run as one. Tests that take
# seconds each (SLOW, by suite and name) have the label "slow" instead.
function(corticoil_add_unit_tests folder)
    cmake_parse_arguments(TESTS "" "" "SOURCES;PRIVATE;WHOLE_SUITES;SLOW" ${ARGN})
    set(target test_${folder})
    # Far above what a test takes: sanitizers and a busy machine slow it tenfold.
    set(timeout_s 600)
    add_executable(${target} ${TESTS_SOURCES})
    target_link_libraries(${target} PRIVATE corticoil_flags corticoil_test_support corticoil::${folder} ${TESTS_PRIVATE}
                                            GTest::gmock GTest::gtest_main)
    add_dependencies(unit_tests ${target})
    list(TRANSFORM TESTS_WHOLE_SUITES APPEND ".*" OUTPUT_VARIABLE apart)
    list(APPEND apart ${TESTS_SLOW})
    set(one_by_one "*")
    if(apart)
        list(JOIN apart ":" apart)
        set(one_by_one "-${apart}")
    endif()
    gtest_discover_tests(${target} TEST_PREFIX "${folder}." TEST_FILTER "${one_by_one}"
                         PROPERTIES LABELS unit TIMEOUT ${timeout_s} DISCOVERY_TIMEOUT 60)
    list(JOIN TESTS_SLOW ":" slow)
    if(TESTS_SLOW)
        gtest_discover_tests(${target} TEST_PREFIX "${folder}." TEST_FILTER "${slow}" TEST_LIST ${target}_slow
                             PROPERTIES LABELS slow TIMEOUT ${timeout_s} DISCOVERY_TIMEOUT 60)
    endif()
    foreach(suite IN LISTS TESTS_WHOLE_SUITES)
        add_test(NAME ${folder}.${suite} COMMAND ${target} --gtest_filter=${suite}.*-${slow})
        set_tests_properties(${folder}.${suite} PROPERTIES LABELS unit TIMEOUT 1200)
    endforeach()
endfunction()
