/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline is read as a whole, whatever a note of it holds. Edge (station 12). */
#include "base/json.h"
#include "engine/note.h"
#include "rig.h"

enum { PARTY = 7 };

static const uint8_t trace[TRACE_LEN] = {1};
static const char *const said[] = {"before", "caf\xC3", "after"}; /* the second is cut within a character */

static enum tsm_err add_notes(struct tx *tx, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        TRY(note_add(tx, &(struct note){.party = PARTY,
                                        .trace = BYTES(trace),
                                        .station = 3,
                                        .role = "sp",
                                        .step = "S",
                                        .text = said[i]}));
    return TSM_OK;
}

static enum tsm_err list_notes(struct tx *tx, void *arg)
{
    return note_list(tx, PARTY, BYTES(trace), 0, arg);
}

static void one_text_that_is_none_hides_no_other(void **state)
{
    struct rig *r = *state;
    json_t *list = NULL;
    assert_int_equal(store_write(r->store, add_notes, NULL), TSM_OK);
    assert_int_equal(store_read(r->store, list_notes, &list), TSM_OK);
    assert_int_equal(json_array_size(list), 3);
    assert_string_equal(json_member(json_array_get(list, 0), "text"), "before");
    assert_string_equal(json_member(json_array_get(list, 1), "text"), "this text cannot be shown");
    assert_string_equal(json_member(json_array_get(list, 2), "text"), "after");
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_text_that_is_none_hides_no_other, rig_up, rig_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
