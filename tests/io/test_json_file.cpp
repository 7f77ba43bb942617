#include "io/json_file.h"
#include "memory_limit.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <limits>
#include <random>

namespace corticoil::io {
namespace {

using nlohmann::json;
using test::error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of_content(const std::string& content, const JsonLimits& limits = {}) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "pose.json", content);
    return error_of([&] { (void)read_json(folder / "pose.json", limits); });
}

TEST(JsonFile, RoundTripKeepsValuesAndIsReadable) {
    const test::TemporaryFolder folder;
    const json content = {
        {"name", "M1_HAND_L"}, {"didt_a_per_s", 1e6}, {"note", "µ ∂A/∂t"}, {"roi", nullptr}};
    write_json(folder / "run.json", content);
    EXPECT_EQ(read_json(folder / "run.json"), content);
    EXPECT_THAT(test::read_bytes(folder / "run.json"), HasSubstr("{\n  \"didt_a_per_s\": 1000000.0,\n"));
}

TEST(JsonFile, ErrorsNameFileLineAndColumn) {
    EXPECT_THAT(error_of_content("{\n  \"a\": 1,\n  \"b\" 2\n}"),
                AllOf(HasSubstr("pose.json: line 3, column 7: is not JSON"), HasSubstr("expected ':'")));
    EXPECT_THAT(error_of_content(""), HasSubstr("line 1, column 1: is not JSON"));
    EXPECT_THAT(error_of_content("{\"a\": NaN}"), HasSubstr("is not JSON"));
    EXPECT_THAT(error_of_content("{\"a\": 1e999}"), AllOf(HasSubstr("pose.json: "), HasSubstr("1e999")));
    EXPECT_THAT(error_of_content("{\"a\": 1} x"), HasSubstr("line 1, column 10"));
    EXPECT_THAT(error_of_content("{\"a\": \"\xff\"}"), HasSubstr("UTF-8"));
    EXPECT_LT(error_of_content("\"" + std::string(100000, 'x')).size(), 400U) << "no endless quotation";
    const test::TemporaryFolder folder;
    EXPECT_THAT(error_of([&] { (void)read_json(folder / "no.json"); }),
                HasSubstr("no.json: file does not exist"));
}

TEST(JsonFile, DeepAndLargeFilesAreRefused) {
    constexpr std::size_t n = 1000000;
    EXPECT_THAT(error_of_content(std::string(n, '[')),
                HasSubstr("line 1, column 65: arrays and objects are nested"));
    EXPECT_THAT(error_of_content(std::string(n, '[') + std::string(n, ']')),
                HasSubstr("nested more than 64 deep"));
    EXPECT_EQ(error_of_content("[\"" + std::string(n, '[') + "\\\"[\"]"), "no error") << "brackets in a text";
    EXPECT_THAT(error_of_content("[1, 2, 3]", {.bytes = 8}), HasSubstr("has 9 bytes, more than the 8"));
}

TEST(JsonFile, ChangedBytesAreReadOrRefused) {
    const test::TemporaryFolder folder;
    const std::string good =
        R"({"a": [1, -2.5e3, "text \u00e9 \n"], "b": {"c": [true, false, null]}, "d": [[0, 1]]})";
    const test::MemoryLimit limit(64 * test::mebibyte);
    std::mt19937 generator(3);
    std::uniform_int_distribution<std::size_t> position(0, good.size() - 1);
    std::uniform_int_distribution<int> byte(0, 255);
    for (int trial = 0; trial < 4000; ++trial) {
        std::string bytes =
            trial < static_cast<int>(good.size()) ? good.substr(0, static_cast<std::size_t>(trial)) : good;
        if (!bytes.empty()) bytes[position(generator) % bytes.size()] = static_cast<char>(byte(generator));
        std::filesystem::remove(folder / "pose.json");
        test::write_bytes(folder / "pose.json", bytes);
        (void)error_of([&] { (void)read_json(folder / "pose.json"); });
    }
}

TEST(JsonFile, NumbersThatJsonCannotHoldAreRefused) {
    const test::TemporaryFolder folder;
    const json content = {{"metrics", {1.0, std::numeric_limits<double>::quiet_NaN()}}};
    EXPECT_THAT(error_of([&] { write_json(folder / "a.json", content); }), HasSubstr("/metrics/1 is nan"));
    EXPECT_THAT(error_of([&] { write_json(folder / "a.json", json("\xff")); }), HasSubstr("UTF-8"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(JsonMember, TypesAreChecked) {
    const json object =
        json::parse(R"({"number": 2.5, "whole": 3, "text": "x", "list": [1, 2, 3], "flag": true,
                                        "large": 1e300, "bad": [1, "2", 3]})");
    EXPECT_EQ(number_member(object, "number", "run.json"), 2.5);
    EXPECT_EQ(number_member(object, "whole", "run.json"), 3);
    EXPECT_EQ(integer_member(object, "whole", "run.json"), 3);
    EXPECT_EQ(string_member(object, "text", "run.json"), "x");
    EXPECT_TRUE(boolean_member(object, "flag", "run.json"));
    EXPECT_EQ(array_member(object, "list", "run.json").size(), 3U);
    EXPECT_EQ(vector3_member(object, "list", "run.json"), Eigen::Vector3d(1, 2, 3));
    EXPECT_TRUE(has_member(object, "flag", "run.json"));
    EXPECT_FALSE(has_member(object, "flags", "run.json"));
    const auto error = [&](auto get, const char* key) {
        return error_of([&] { (void)get(object, key, "run.json"); });
    };
    EXPECT_EQ(error(number_member, "none"), "run.json: 'none' is missing");
    EXPECT_EQ(error(number_member, "text"), "run.json: 'text' must be a number, not \"x\"");
    EXPECT_EQ(error(integer_member, "number"), "run.json: 'number' must be a whole number, not 2.5");
    EXPECT_THAT(error(integer_member, "large"), HasSubstr("must be a whole number"));
    EXPECT_THAT(error(string_member, "number"), HasSubstr("'number' must be a text, not 2.5"));
    EXPECT_THAT(error(boolean_member, "whole"), HasSubstr("must be true or false, not 3"));
    EXPECT_THAT(error(array_member, "text"), HasSubstr("must be a list"));
    EXPECT_THAT(error(vector3_member, "bad"), HasSubstr("must be a list of three numbers, not [1,\"2\",3]"));
    EXPECT_THAT(error_of([&] { (void)member(json(1), "a", "run.json"); }),
                HasSubstr("must be an object with 'a'"));
}

TEST(JsonMember, MatricesAreRowsWithTheLastRow0001) {
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix(0, 3) = 12.5;
    matrix(1, 2) = -1;
    json object = {{"m", to_json_rows(matrix)}};
    EXPECT_EQ(matrix4_member(object, "m", "pose.json"), matrix);
    object["m"][2][1] = std::numeric_limits<double>::infinity();
    EXPECT_THAT(error_of([&] { (void)matrix4_member(object, "m", "pose.json"); }),
                HasSubstr("four rows of four"));
    object["m"] = to_json_rows(matrix.transpose());
    EXPECT_THAT(error_of([&] { (void)matrix4_member(object, "m", "pose.json"); }),
                HasSubstr("the last 0 0 0 1"));
    object["m"] = {1, 2};
    EXPECT_THAT(error_of([&] { (void)matrix4_member(object, "m", "pose.json"); }), HasSubstr("not [1,2]"));
}

} // namespace
} // namespace corticoil::io
