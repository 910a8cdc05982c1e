/* SPDX-License-Identifier: Apache-2.0 */
/* The library without a server: settings, what elements tell, channels, the log's ring, futures.
 * [TR-03165 4.2] */
#include <malloc.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/client.h"
#include "process/elements.h"
#include "wire/object/wipe.h"

#define ID     "910bbd5a-1749-4737-b855-a520f1bc9da4"
#define CALLER "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"

/* ---- a transport of fixed answers ---- */

struct desk {
    size_t at;
    const char *answers[8]; /* in hex, one after the other */
    unsigned opened, closed;
    enum tsm_api_access access;
};

static size_t one_reader(void *self, char (*names)[TSM_API_MAX_NAME + 1], size_t cap)
{
    (void)self;
    assert_true(cap > 0);
    strcpy(names[0], "eSE1");
    return 1;
}

static enum tsm_api_access open_desk(void *self, const char *reader, void **channel)
{
    struct desk *d = self;
    assert_string_equal(reader, "eSE1");
    d->opened++;
    *channel = d;
    return d->access;
}

static size_t answer_desk(void *channel, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    struct desk *d = channel;
    const char *hex = d->answers[d->at];
    assert_true(capdu && len >= 4);
    if (!hex)
        return 0;
    d->at++;
    for (size_t i = 0; i < strlen(hex) / 2; i++) {
        unsigned octet;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &octet), 1);
        rapdu[i] = (uint8_t)octet;
    }
    return strlen(hex) / 2;
}

static void close_desk(void *channel)
{
    ((struct desk *)channel)->closed++;
}

static struct tsm_api_config config_of(struct desk *d)
{
    return (struct tsm_api_config){.struct_size = sizeof(struct tsm_api_config),
                                   .base_url = "https://127.0.0.1:1/tsm-api/1.0",
                                   .app_token = "token",
                                   .caller_id = CALLER,
                                   .transport = {d, one_reader, open_desk, answer_desk, close_desk, NULL}};
}

static struct tsm_api *client_of(struct desk *d)
{
    struct tsm_api_config c = config_of(d);
    struct tsm_api *api = tsm_api_new(&c, NULL);
    assert_non_null(api);
    return api;
}

/* ---- settings ---- */

static void settings_are_checked(void **state)
{
    struct desk d = {0};
    struct tsm_api_config c = config_of(&d);
    struct tsm_api_status why;
    static const char *const urls[] = {
        NULL, "", "http://h/x", "https://", "https://h/x/", "https://h/x?y", "https://u@h"};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        c.base_url = urls[i];
        assert_null(tsm_api_new(&c, &why));
        assert_int_equal(why.execution_status, TSM_API_INVALID_ARGUMENT);
    }
    c = config_of(&d);
    c.caller_id = "5e";
    assert_null(tsm_api_new(&c, &why));
    c = config_of(&d);
    c.transport.transmit = NULL;
    assert_null(tsm_api_new(&c, NULL));
}

static void programs_of_other_versions_have_other_sizes(void **state)
{
    struct desk d = {0};
    struct {
        struct tsm_api_config c;
        void *later; /* what a version to come may have */
    } longer = {.c = config_of(&d)};
    struct tsm_api *api;
    struct tsm_api_status why;
    (void)state;
    longer.c.struct_size = sizeof longer;
    api = tsm_api_new(&longer.c, &why);
    assert_non_null(api);
    tsm_api_free(api);
    longer.later = &d;
    assert_null(tsm_api_new(&longer.c, &why));
    assert_string_equal(
        why.execution_message,
        "Invalid argument: the configuration has a setting that this library is too old to know");
    longer.c.struct_size = offsetof(struct tsm_api_config, device_self) + sizeof(void *); /* 1.0.4 */
    api = tsm_api_new(&longer.c, &why);
    assert_non_null(api);
    tsm_api_free(api);
    static const size_t wrong[] = {0, 8, (size_t)-1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        longer.c.struct_size = wrong[i];
        assert_null(tsm_api_new(&longer.c, &why));
        assert_int_equal(why.execution_status, TSM_API_INVALID_ARGUMENT);
    }
}

/* ---- elements ---- */

static void an_element_tells_of_itself(void **state)
{
    struct desk d = {.answers = {"9000", "9F7F0201029000", "01029000", "6A88"}};
    struct component c[TSM_API_MAX_READERS];
    struct tsm_api *api = client_of(&d);
    (void)state;
    assert_int_equal(elements_describe(api, c), 1);
    assert_int_equal(c[0].cplc.len, 5);
    assert_memory_equal(c[0].recognition.at, "\x66\x02\x01\x02", 4); /* came without its tag */
    assert_int_equal(c[0].capabilities.len, 0);
    assert_int_equal(d.opened, d.closed);
    tsm_api_free(api);
}

static void answers_in_pieces_are_joined(void **state)
{
    struct desk d = {.answers = {"01026103", "6C03", "030405"}};
    struct channel c;
    uint8_t *r = malloc(TSM_API_MAX_APDU);
    struct tsm_api *api = client_of(&d);
    (void)state;
    d.answers[1] = "0304059000";
    assert_int_equal(channel_open(api, "eSE1", &c), TSM_API_ACCESS_OPEN);
    assert_int_equal(channel_transmit(&c, (const uint8_t[]){0x80, 0xCA, 0, 0x66, 0}, 5, r), 7);
    assert_memory_equal(r, "\x01\x02\x03\x04\x05\x90\x00", 7);
    d = (struct desk){.answers = {"6C01", "AA9000"}, .opened = 1};
    assert_int_equal(channel_transmit(&c, (const uint8_t[]){0x80, 0xCA, 0, 0x66, 0}, 5, r), 3);
    assert_int_equal(channel_transmit(&c, (const uint8_t[]){0x80, 0xCA, 0, 0x66, 0}, 5, r), 0);
    assert_null(c.handle);
    assert_int_equal(d.closed, 1);
    tsm_api_free(api);
    free(r);
}

static void a_handset_that_lets_nobody_in_says_why(void **state)
{
    static const int statuses[] = {
        [TSM_API_ACCESS_DENIED] = 9, [TSM_API_ACCESS_NO_CHANNEL] = 10, [TSM_API_ACCESS_NFC_OFF] = 11};
    (void)state;
    for (int a = TSM_API_ACCESS_DENIED; a <= TSM_API_ACCESS_NFC_OFF; a++) {
        struct desk d = {.access = (enum tsm_api_access)a};
        struct tsm_api *api = client_of(&d);
        struct tsm_api_create_result r;
        tsm_api_create_service_instance(api, ID, "1.0.0", &r);
        assert_int_equal(r.execution_status, statuses[a]);
        tsm_api_create_result_clear(&r);
        tsm_api_free(api);
    }
}

/* ---- log, futures ---- */

static void the_ring_keeps_the_latest_messages(void **state)
{
    struct desk d = {0};
    struct tsm_api *api = client_of(&d);
    struct tsm_api_log_message m[3];
    (void)state;
    for (int i = 0; i < TSM_API_LOG_RING + 5; i++)
        log_say(&api->log, TSM_API_LOG_INFO, TSM_API_LOG_PROCESS, "message %d", i);
    assert_int_equal(tsm_api_log_latest(api, m, 3), 3);
    assert_string_equal(m[0].text, "message 258");
    assert_string_equal(m[2].text, "message 260");
    tsm_api_free(api);
}

static void count_calls(void *self, struct tsm_api_future *f)
{
    ++*(int *)self;
    assert_int_equal(tsm_api_future_status(f, NULL), TSM_API_NETWORK_CONNECTION_ERROR);
}

static void a_future_waits_calls_back_and_may_be_left_alone(void **state)
{
    struct desk d = {.answers = {"9000", "6A88", "6A88", "6A88", "9000", "6A88", "6A88", "6A88"}};
    struct tsm_api *api = client_of(&d);
    const char *message;
    int calls = 0;
    (void)state;
    struct tsm_api_future *f = tsm_api_check_service_deployment_available(api, ID, "x.x.x");
    assert_true(tsm_api_future_wait(f, TSM_API_WAIT_FOREVER));
    tsm_api_future_then(f, count_calls, &calls);
    assert_int_equal(calls, 1);
    assert_null(tsm_api_future_process(f));
    assert_int_equal(tsm_api_future_available(f)->available, false);
    tsm_api_future_status(f, &message);
    assert_non_null(strstr(message, "Network connection error: host '127.0.0.1'"));
    tsm_api_future_free(f);
    tsm_api_future_free(tsm_api_terminate_service(api, ID, NULL));
    tsm_api_free(api);
}

static void a_token_that_is_none_is_refused(void **state)
{
    struct desk d = {0};
    struct tsm_api *api = client_of(&d);
    (void)state;
    assert_int_equal(tsm_api_set_access_token(api, NULL).execution_status, TSM_API_INVALID_ARGUMENT);
    assert_int_equal(tsm_api_set_access_token(api, &(struct tsm_api_access_token){0}).execution_status,
                     TSM_API_INVALID_ARGUMENT);
    tsm_api_free(api);
}

/* ---- personalisation data ---- */

#define PERSONAL "personal-7301"
static atomic_uint left_in_heap, freed;

/* jansson's blocks as they are given back. */
static void look_and_free(void *block)
{
    size_t n = block ? malloc_usable_size(block) : 0;
    freed += block != NULL;
    left_in_heap += n && memmem(block, n, PERSONAL, strlen(PERSONAL)) != NULL;
    free(block);
}

static void personalisation_data_are_wiped_when_they_are_freed(void **state)
{
    struct desk d = {.access = TSM_API_ACCESS_OPEN};
    struct tsm_api *api = client_of(&d);
    struct tsm_api_pair entry = {"pan", PERSONAL " and more, so that it has a block of its own"};
    struct tsm_api_service_command command = {.kind = TSM_API_PERSONALIZE, .data = {&entry, 1}};
    struct tsm_api_deployment what = {
        .service_instance_id = ID, .commands = &command, .n_commands = 1, .finalize_deployment = true};
    (void)state;
    json_set_alloc_funcs(malloc, look_and_free);
    tsm_api_future_free(tsm_api_deploy_service(api, &what, NULL));
    tsm_api_free(api);
    json_set_alloc_funcs(malloc, free);
    assert_true(freed > 0);
    assert_int_equal(left_in_heap, 0);
}

static void a_text_is_written_as_json_writes_it(void **state)
{
    json_t *o = json_pack("{s:s,s:[i,b,n],s:{s:s}}", "a", "\xC3\xA9\"\n", "l", 7, 1, "o", "k", "v"),
           *held = json_incref(json_object_get(json_object_get(o, "o"), "k"));
    char *once = json_text_once(o), *text = json_dumps(o, JSON_COMPACT);
    (void)state;
    assert_string_equal(once, text);
    text_wipe(once);
    free(text);
    json_wipe(o);
    assert_string_equal(json_string_value(held), "v"); /* of whoever holds it */
    json_wipe(held);
    json_wipe(NULL);
    text_wipe(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(programs_of_other_versions_have_other_sizes),
        cmocka_unit_test(an_element_tells_of_itself),
        cmocka_unit_test(answers_in_pieces_are_joined),
        cmocka_unit_test(a_handset_that_lets_nobody_in_says_why),
        cmocka_unit_test(the_ring_keeps_the_latest_messages),
        cmocka_unit_test(a_future_waits_calls_back_and_may_be_left_alone),
        cmocka_unit_test(a_token_that_is_none_is_refused),
        cmocka_unit_test(personalisation_data_are_wiped_when_they_are_freed),
        cmocka_unit_test(a_text_is_written_as_json_writes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
