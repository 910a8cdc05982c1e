/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm ota`: packets in and out as hex text, keys from three places, refusals. Unit test of app/tsm_ota. */
#include "app/tsm_ota.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../rows.h"
#include "packet_rows.h"

enum { WORDS_MAX = 32, WORD_ROOM = 512 };

/* A command line in memory of its own, because keys in it are overwritten. */
struct line {
    int count;
    char text[WORDS_MAX][WORD_ROOM];
    char out[4096];
};

static void add(struct line *l, const char *word)
{
    assert_true(l->count < WORDS_MAX && strlen(word) < WORD_ROOM);
    strcpy(l->text[l->count++], word);
}

static void add_option(struct line *l, const char *name, const char *value)
{
    add(l, name);
    add(l, value);
}

/* Runs the line with standard output in a file; l->out receives it. */
static int run(struct line *l)
{
    char *words[WORDS_MAX + 1] = {NULL};
    char path[] = P_tmpdir "/test_ota_cli_XXXXXX";
    int file = mkstemp(path), out, status;
    ssize_t n;
    assert_true(file >= 0);
    unlink(path);
    fflush(stdout);
    out = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    for (int i = 0; i < l->count; i++)
        words[i] = l->text[i];
    status = tsm_ota_main(l->count, words);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    close(out);
    lseek(file, 0, SEEK_SET);
    n = read(file, l->out, sizeof l->out - 1);
    close(file);
    l->out[n > 0 ? n : 0] = 0;
    return status;
}

static struct line verb(const char *name)
{
    struct line l = {.count = 0};
    add(&l, "ota");
    add(&l, name);
    return l;
}

static void add_keys(struct line *l, const char *kic_key, const char *kid_key)
{
    add_option(l, "--kic-key", kic_key);
    add_option(l, "--kid-key", kid_key);
}

static void row_by_hand(void **state)
{
    const struct command_row *row = *state;
    struct line l = verb("wrap");
    char counter[16], cc_len[4], want[WORD_ROOM];
    snprintf(counter, sizeof counter, "%llu", (unsigned long long)row->counter);
    snprintf(cc_len, sizeof cc_len, "%u", row->cc_len == 4 ? 4u : 8u);
    add_option(&l, "--spi", row->spi);
    add_option(&l, "--kic", row->kic);
    add_option(&l, "--kid", row->kid);
    add_option(&l, "--tar", row->tar);
    add_option(&l, "--counter", counter);
    add_option(&l, "--cc-len", cc_len);
    add_option(&l, "--data", row->data);
    add_keys(&l, row->kic_key, row->kid_key);
    assert_int_equal(run(&l), 0);
    snprintf(want, sizeof want, "%s\n", row->packet);
    assert_string_equal(l.out, want);
    l = verb("unwrap");
    add_option(&l, "--data", row->packet);
    add_keys(&l, row->kic_key, row->kid_key);
    add(&l, "--raw");
    assert_int_equal(run(&l), 0);
    snprintf(want, sizeof want, "%s\n", row->data);
    assert_string_equal(l.out, want);
}

static const char kic[] = "200102030405060708090A0B0C0D0E0F", kid[] = "201102030405060708090A0B0C0D0E0F";
static const char packet[] =
    "00281506192222B00011E87CCEEBB2D93083011CE294F93FC4D8DE80DA1ABAE8C37CA3E72EC4432E5058";

static void a_packet_opens_to_json(void **state)
{
    struct line l = verb("unwrap");
    char with_header[200];
    (void)state;
    snprintf(with_header, sizeof with_header, "027000%s", packet);
    add_option(&l, "--data", with_header);
    add_keys(&l, kic, kid);
    assert_int_equal(run(&l), 0);
    assert_string_equal(
        l.out, "{\"kind\":\"command\",\"spi\":\"0619\",\"tar\":\"B00011\",\"kic\":\"22\",\"kid\":\"22\","
               "\"counter\":\"0000000000\",\"cc_len\":8,\"data\":\"00A40004023F00\"}\n");
}

static void add_terms(struct line *l)
{
    add_option(l, "--spi", "0619");
    add_option(l, "--kic", "22");
    add_option(l, "--kid", "22");
    add_keys(l, kic, kid);
}

/* Source: osmocom/pysim 597f1e03, tests/unittests/test_ota.py */
static void a_proof_of_receipt_opens_to_json(void **state)
{
    struct line l = verb("unwrap");
    (void)state;
    add_terms(&l);
    add_option(&l, "--data",
               "027100002412B00011EBC6B497E2CAD7AEDF36ACE0E3A29B38853F0FE9CCDE81913BE5702B73ABCE1F");
    assert_int_equal(run(&l), 0);
    assert_string_equal(l.out,
                        "{\"kind\":\"por\",\"tar\":\"B00011\",\"counter\":\"0000000000\",\"status\":\"00\","
                        "\"text\":\"the packet was accepted\",\"secured\":true,\"data\":\"016132\"}\n");
}

static void a_proof_of_receipt_is_made(void **state)
{
    struct line l = verb("por"), back = verb("unwrap");
    (void)state;
    add_terms(&l);
    add_option(&l, "--tar", "B00011");
    add_option(&l, "--counter", "0000000010"); /* ten digits: hex */
    add_option(&l, "--status", "0B");
    add_option(&l, "--data", "");
    assert_int_equal(run(&l), 0);
    l.out[strcspn(l.out, "\n")] = 0;
    add_terms(&back);
    add_option(&back, "--data", l.out);
    assert_int_equal(run(&back), 0);
    assert_non_null(strstr(back.out, "\"counter\":\"0000000010\",\"status\":\"0B\""));
    assert_non_null(strstr(back.out, "\"secured\":true"));
}

static void a_long_packet_is_cut_into_segments(void **state)
{
    struct line l = verb("wrap");
    char data[401];
    (void)state;
    memset(data, '0', 400);
    data[400] = 0;
    add_terms(&l);
    add_option(&l, "--tar", "B00011");
    add_option(&l, "--counter", "0x1");
    add_option(&l, "--data", data);
    add_option(&l, "--segments", "cpi-first");
    add_option(&l, "--ref", "66");
    assert_int_equal(run(&l), 0);
    assert_memory_equal(l.out, "0770000003420201", 16);
    assert_memory_equal(strchr(l.out, '\n') + 1, "050003420202", 12);
}

static void keys_come_from_a_file_or_a_descriptor(void **state)
{
    char path[] = P_tmpdir "/test_ota_key_XXXXXX", at[64], fd[16];
    struct line l = verb("unwrap");
    int file = mkstemp(path), ends[2];
    (void)state;
    assert_int_equal(write(file, kic, strlen(kic)), strlen(kic));
    assert_int_equal(write(file, "\n", 1), 1);
    close(file);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], kid, strlen(kid)), strlen(kid));
    close(ends[1]);
    snprintf(at, sizeof at, "@%s", path);
    snprintf(fd, sizeof fd, "fd:%d", ends[0]);
    add_keys(&l, at, fd);
    add_option(&l, "--data", packet);
    add(&l, "--raw");
    assert_int_equal(run(&l), 0);
    assert_string_equal(l.out, "00A40004023F00\n");
    assert_string_equal(l.text[3], at);
    unlink(path);
    close(ends[0]);
}

static void a_key_in_hex_does_not_stay_in_the_command_line(void **state)
{
    struct line l = verb("unwrap");
    (void)state;
    add_keys(&l, kic, kid);
    add_option(&l, "--data", packet);
    assert_int_equal(run(&l), 0);
    for (int i = 0; i < l.count; i++) {
        assert_string_not_equal(l.text[i], kic);
        assert_string_not_equal(l.text[i], kid);
    }
}

static void expect_status(int want, const char *name, const char *option, const char *value)
{
    struct line l = verb(name);
    if (option)
        add_option(&l, option, value);
    assert_int_equal(run(&l), want);
    assert_string_equal(l.out, "");
}

static void wrong_lines_and_refusals_have_their_status(void **state)
{
    (void)state;
    expect_status(2, "seal", NULL, NULL);
    expect_status(2, "wrap", "--spi", "06");
    expect_status(2, "wrap", "--spi", "061900");
    expect_status(2, "wrap", "--counter", "-1");
    expect_status(2, "wrap", "--counter", "1099511627776");
    expect_status(2, "wrap", "--counter", "");
    expect_status(2, "wrap", "--segments", "all");
    expect_status(2, "wrap", "--kic-key", "@/nonexistent");
    expect_status(2, "wrap", "--what", "1");
    expect_status(1, "wrap", "--spi", "0600");
    expect_status(1, "unwrap", "--data", "0028");
    expect_status(1, "unwrap", "--data", packet); /* no keys */
}

static void each_verb_tells_its_options(void **state)
{
    static const char *const verbs[] = {"wrap", "unwrap", "por", "--help", "help"};
    (void)state;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        struct line l = verb(verbs[i]);
        add(&l, "--help");
        assert_int_equal(run(&l), 0);
        assert_memory_equal(l.out, "usage: tsm ota wrap", strlen("usage: tsm ota wrap"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verb_tells_its_options),
        cmocka_unit_test(a_packet_opens_to_json),
        cmocka_unit_test(a_proof_of_receipt_opens_to_json),
        cmocka_unit_test(a_proof_of_receipt_is_made),
        cmocka_unit_test(a_long_packet_is_cut_into_segments),
        cmocka_unit_test(keys_come_from_a_file_or_a_descriptor),
        cmocka_unit_test(a_key_in_hex_does_not_stay_in_the_command_line),
        cmocka_unit_test(wrong_lines_and_refusals_have_their_status),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof *tests);
    for (size_t i = 0; i < command_row_count; i++)
        rows_add(&rows, "by hand: ", command_rows[i].name, row_by_hand, &command_rows[i]);
    return rows_run(&rows, "ota/cli", NULL, NULL);
}
