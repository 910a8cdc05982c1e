/* SPDX-License-Identifier: Apache-2.0 */
/* Published contents: INSTALL parameters, keys by STORE DATA, registry and discovery data of real cards. Unit
 * test of gp/content and gp/command. */
#include <string.h>

#include "gp/command/get_data.h"
#include "gp/command/get_status.h"
#include "gp/command/select.h"
#include "gp/content/install_params.h"
#include "gp/content/sd_params.h"
#include "gp/keys/storekeys.h"
#include "gp/content/uicc_params.h"
#include "rig.h"
#include "vector_rows.h"

enum { ROOM = 1024 };

static void check_ea(const json_t *v)
{
    struct octets want = vector_octets(v, "expected.EA_value"), tar;
    const json_t *tars = vector_member(v, "inputs.tar");
    const uint8_t msl[] = {0x01, vector_octets(v, "inputs.msl_data").at[0]}, full[] = {0};
    struct uicc_params p = {.has_toolkit = true, .access_count = 2}, back;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    p.toolkit = (struct uicc_toolkit){.priority = vector_octets(v, "inputs.priority").at[0],
                                      .timers = (uint8_t)vector_number(v, "inputs.max_timers"),
                                      .menu_text_max = (uint8_t)vector_number(v, "inputs.max_text"),
                                      .channels = (uint8_t)vector_number(v, "inputs.max_channels"),
                                      .services = (uint8_t)vector_number(v, "inputs.max_services"),
                                      .msl = BYTES(msl),
                                      .tar_count = 1};
    tar = octets_of(json_string_value(json_array_get(tars, 0)));
    memcpy(p.toolkit.tar[0], tar.at, TAR_LEN);
    p.access[0] = (struct uicc_access){.domain = BYTES(full)};
    p.access[1] = (struct uicc_access){.aid = HEX("A0000000871002FFFFFFFF8900000100"), .domain = BYTES(full)};
    assert_ok(uicc_params_write(&p, &w));
    assert_hex(written(&w), vector_text(v, "expected.EA_value"));
    assert_ok(uicc_params_read(octets_bytes(&want), &back));
    assert_int_equal(back.access_count, 2);
    assert_hex(BYTES(back.toolkit.tar[0]), "D50103");
    assert_hex(back.access[1].aid, "A0000000871002FFFFFFFF8900000100");
}

static void check_ca(const json_t *v)
{
    struct octets want = vector_octets(v, "expected.CA_value");
    struct sim_params p, again;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(sim_params_read(octets_bytes(&want), &p));
    assert_int_equal(p.toolkit.timers, vector_number(v, "inputs.max_timers"));
    assert_int_equal(p.toolkit.menu_text_max, vector_number(v, "inputs.max_text"));
    assert_int_equal(p.toolkit.channels, vector_number(v, "inputs.max_channels"));
    assert_hex(BYTES(p.toolkit.tar[0]), json_string_value(json_array_get(vector_member(v, "inputs.tar"), 0)));
    assert_ok(sim_params_write(&p, &w));
    assert_hex(written(&w), vector_text(v, "expected.CA_value"));
    assert_ok(sim_params_read(written(&w), &again));
}

static void check_params(const json_t *v)
{
    struct octets toolkit = vector_octets(v, "inputs.stk"), want = vector_octets(v, "expected.params");
    struct install_params p = {.sim_toolkit = octets_bytes(&toolkit)}, back;
    struct sim_params sim;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    p.nonvolatile_memory = (uint32_t)vector_number(v, "inputs.nv_quota");
    p.volatile_memory = (uint32_t)vector_number(v, "inputs.v_quota");
    assert_ok(install_params_write(PARAMS_FOR_INSTALL, &p, &w));
    assert_hex(written(&w), vector_text(v, "expected.params"));
    assert_ok(install_params_read(PARAMS_FOR_INSTALL, octets_bytes(&want), &back));
    assert_int_equal(back.nonvolatile_memory, p.nonvolatile_memory);
    assert_hex(back.sim_toolkit, vector_text(v, "inputs.stk"));
    assert_ok(sim_params_read(back.sim_toolkit, &sim));
    assert_int_equal(sim.toolkit.menu_count, 5);
}

static void check_sd(const json_t *v)
{
    struct octets scp = octets_of(vector_text(v, "inputs.scp")), casd = vector_octets(v, "inputs.casd");
    struct octets here = vector_octets(v, "inputs.accept_extradition_here");
    struct octets deletion = vector_octets(v, "inputs.accept_deletion");
    struct octets away = vector_octets(v, "inputs.accept_extradition_away");
    struct octets want = vector_octets(v, "expected.C9_value");
    struct sd_params back, p = {.protocol_count = 1,
                                .protocol = {{scp.at[0], scp.at[1], 0}},
                                .accept_extradition = octets_bytes(&here),
                                .accept_deletion = octets_bytes(&deletion),
                                .personalized = json_is_true(vector_member(v, "inputs.personalized")),
                                .casd = octets_bytes(&casd),
                                .extradition_away = octets_bytes(&away)};
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(sd_params_write(&p, &w));
    assert_hex(written(&w), vector_text(v, "expected.C9_value"));
    assert_ok(sd_params_read(octets_bytes(&want), &back));
    assert_true(back.personalized);
    assert_int_equal(back.protocol[0].i, scp.at[1]);
}

void install_parameters_row(void **state)
{
    const json_t *v = *state;
    if (vector_has(v, "expected.EA_value"))
        check_ea(v);
    else if (vector_has(v, "expected.CA_value"))
        check_ca(v);
    else if (vector_has(v, "expected.C9_value"))
        check_sd(v);
    else
        check_params(v);
}

void store_data_keys_row(void **state)
{
    const json_t *v = *state, *values = vector_member(v, "inputs.keys");
    struct cipher_key dek = key_of(CIPHER_AES, vector_text(v, "inputs.dek"));
    struct store_keys keys = {.dialect = STOREKEYS_SHARED, .alg = CIPHER_AES, .access = 1, .purpose = 0x0003},
                      back;
    static struct octets value[STOREKEYS_MAX];
    struct octets data = vector_octets(v, "expected.data"), purpose;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    keys.kvn = vector_octets(v, "inputs.kvn").at[0];
    if (vector_has(v, "inputs.access"))
        keys.access = vector_octets(v, "inputs.access").at[0];
    if (vector_has(v, "inputs.purpose")) {
        purpose = vector_octets(v, "inputs.purpose");
        keys.purpose = (uint16_t)(purpose.at[0] << 8 | purpose.at[1]);
    }
    keys.count = json_array_size(values);
    for (size_t i = 0; i < keys.count; i++) {
        value[i] = octets_of(json_string_value(json_array_get(values, i)));
        keys.key[i] = (struct store_key){.kid = (uint8_t)(i + 1), .value = octets_bytes(&value[i])};
    }
    keys.key_len = value[0].len;
    assert_ok(storekeys_write(&keys, &dek, &w));
    assert_hex(written(&w), vector_text(v, "expected.data"));
    assert_ok(storekeys_read(octets_bytes(&data), &back));
    assert_int_equal(back.count, keys.count);
    assert_int_equal(back.purpose, keys.purpose);
    assert_int_equal(back.kvn, keys.kvn);
}

/* A cut answer (6310) is not whole alone; with the octets of the next answer behind it the cut entry is read.
 */
void get_status_row(void **state)
{
    const json_t *v = *state;
    struct octets data = vector_octets(v, "expected.data");
    struct reader r = {octets_bytes(&data)};
    struct gp_registry_entry e;
    size_t entries = 0;
    bool cut = strcmp(vector_text(v, "expected.sw"), "6310") == 0;
    while (r.left.len && gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_TLV, &e) == TSM_OK)
        entries++;
    assert_int_equal(r.left.len != 0, cut);
    assert_true(entries >= 4);
    if (!cut)
        return;
    memset(data.at + data.len, 0,
           33); /* 33 octets of the last entry are in the next answer: one unknown object */
    data.at[data.len] = 0xDE;
    data.at[data.len + 1] = 31;
    data.len += 33;
    r = (struct reader){octets_bytes(&data)};
    for (size_t i = 0; i <= entries; i++)
        assert_ok(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_TLV, &e));
    assert_hex(e.aid, "A00000015141434C00");
    assert_int_equal(r.left.len, 0);
}

static struct bytes answer_data(const json_t *v, size_t i, struct octets *o)
{
    struct rapdu answer;
    *o = octets_of(json_string_value(json_array_get(vector_member(v, "expected.responses"), i)));
    assert_ok(rapdu_read(octets_bytes(o), &answer));
    assert_int_equal(answer.sw, SW_OK);
    return answer.data;
}

/* SELECT, CPLC, KDD, sequence counter, recognition data, capabilities, keys of a JCOP 4. */
void card_discovery_row(void **state)
{
    const json_t *v = *state;
    struct octets o;
    struct select_fci fci;
    struct gp_cplc cplc;
    struct gp_recognition g;
    struct gp_key_info key;
    struct bytes value;
    struct reader keys;
    assert_ok(select_fci_read(answer_data(v, 0, &o), &fci));
    assert_hex(fci.aid, "A000000151000000");
    assert_int_equal(fci.max_data, 255);
    assert_ok(cplc_read(answer_data(v, 1, &o), &cplc));
    assert_int_equal(cplc.fabricator, 0x4790);
    assert_ok(data_object_read(answer_data(v, 2, &o), DATA_KDD, &value));
    assert_int_equal(value.len, 10);
    assert_ok(data_object_read(answer_data(v, 3, &o), DATA_SEQUENCE, &value));
    assert_hex(value, "000427");
    assert_ok(recognition_read(answer_data(v, 4, &o), &g));
    assert_int_equal(g.protocols, 1);
    assert_int_equal(g.protocol[0].protocol, SCP03);
    assert_int_equal(g.protocol[0].i, 0x70);
    assert_hex(g.version, "0203");
    assert_ok(key_info_open(answer_data(v, 6, &o), &keys));
    for (uint8_t kid = 1; kid <= 3; kid++) {
        assert_ok(key_info_next(&keys, &key));
        assert_int_equal(key.kid, kid);
        assert_int_equal(key.kvn, 1);
        assert_int_equal(key.type[0], 0x88);
        assert_int_equal(key.length[0], 16);
    }
    assert_int_equal(keys.left.len, 0);
}
