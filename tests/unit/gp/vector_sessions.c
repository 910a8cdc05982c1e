/* SPDX-License-Identifier: Apache-2.0 */
/* The sessions of the published vector file. Unit test of gp/channel. */
#include <stdio.h>
#include <string.h>

#include "session_run.h"
#include "vector_rows.h"

enum { ROOM = 1024 };

static const char *optional(const json_t *v, const char *name)
{
    return vector_has(v, name) ? vector_text(v, name) : NULL;
}

void session_row(void **state)
{
    const json_t *v = *state;
    const json_t *steps = vector_member(v, "expected.steps");
    const char *start = vector_text(v, "inputs.initialize_update_capdu");
    struct session_row row = {
        .name = vector_text(v, "id"),
        .enc = vector_text(v, "inputs.key_enc"),
        .mac = vector_text(v, "inputs.key_mac"),
        .dek = vector_text(v, "inputs.key_dek"),
        .host = vector_text(v, "inputs.host_challenge"),
        .start = start[0] ? start : NULL,
        .answer = vector_text(v, "inputs.initialize_update_rapdu"),
        .i = vector_octets(v, "inputs.i").at[0],
        .level = vector_octets(v, "inputs.security_level").at[0],
        .s_enc = vector_text(v, "expected.s_enc"),
        .s_mac = vector_text(v, "expected.s_mac"),
        .s_rmac = optional(v, "expected.s_rmac"),
        .s_dek = optional(v, "expected.s_dek"),
        .external = vector_text(v, "expected.external_authenticate_capdu"),
    };
    assert_true(json_array_size(steps) <= SESSION_STEPS_MAX);
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        row.step[i] =
            (struct session_step){vector_text(step, "plain_capdu"), vector_text(step, "wrapped_capdu"),
                                  optional(step, "wrapped_rapdu"), optional(step, "plain_rapdu")};
    }
    run_session(&row);
}

/* The answer of a card with SCP02 and R-MAC; the first ICV is the C-MAC of EXTERNAL AUTHENTICATE. */
void scp02_rmac_row(void **state)
{
    const json_t *v = *state;
    struct octets sequence = vector_octets(v, "inputs.seq"), card = vector_octets(v, "inputs.card_challenge");
    struct octets host = vector_octets(v, "inputs.host_challenge"),
                  command = vector_octets(v, "inputs.command"), answer;
    struct static_keys statics = keys_of(CIPHER_TDES, vector_text(v, "inputs.keys"), NULL, NULL);
    struct channel ch = {.protocol = SCP02, .i = SCP02_I_DEFAULT | SCP02_I_R_MAC, .challenge_len = 8};
    struct session_keys keys;
    struct channel_expect expect;
    struct apdu plain;
    char text[ROOM];
    uint8_t out[ROOM];
    struct writer w = WRITER(out), data = WRITER(out);
    uint16_t sw;
    ch.level = vector_octets(v, "inputs.level").at[0];
    memcpy(ch.host, host.at, 8);
    memcpy(ch.card, card.at, 6);
    memcpy(&ch.sequence[1], sequence.at, 2);
    assert_ok(channel_rederive(&ch, &statics, &keys));
    assert_ok(channel_authenticate(&ch, &keys, &w));
    assert_ok(apdu_read(octets_bytes(&command), &plain));
    assert_ok(channel_wrap(&ch, &keys, &plain, &w, &expect));
    snprintf(text, sizeof text, "%s%s%s", vector_text(v, "inputs.response_data"),
             vector_text(v, "expected.rmac"), vector_text(v, "inputs.sw"));
    answer = octets_of(text);
    assert_flips_refused(&ch, &keys, &expect, answer);
    assert_ok(channel_unwrap(&ch, &keys, &expect, octets_bytes(&answer), &data, &sw));
    assert_hex(written(&data), vector_text(v, "inputs.response_data"));
    assert_int_equal(sw, SW_OK);
}
