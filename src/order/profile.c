/* SPDX-License-Identifier: Apache-2.0 */
/* SE profiles by table: one row a member, hex members turned to bytes, defaults those of a common AES card.
 * Stations 4 to 8. Pure. */
#include "order/profile.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"

/* What JSON gives before the AIDs are bytes. */
struct raw {
    struct se_profile p;
    char isd[33], package[33], module[33], spi[5], tar[7];
};

static const char *const bearers[] = {"sms", "seram", NULL};
static const char *const formats[] = {"compact", "expanded", NULL};
static const char *const concats[] = {"spec", "cpi_first", "cpi_all", NULL};

#define AT(member) offsetof(struct raw, member)
static const struct json_row rows[] = {
    {"name", JSON_TEXT, AT(p.name), 1, PROFILE_NAME_MAX, JSON_NEEDED, NULL},
    {"certificate", JSON_TEXT, AT(p.certificate), 0, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"bearer", JSON_ENUM, AT(p.bearer), 0, 0, JSON_NEEDED, bearers},
    {"isd_aid", JSON_TEXT, AT(isd), 10, 32, JSON_NEEDED, NULL},
    {"ssd_package", JSON_TEXT, AT(package), 10, 32, JSON_NEEDED, NULL},
    {"ssd_module", JSON_TEXT, AT(module), 10, 32, JSON_NEEDED, NULL},
    {"memory", JSON_INT, AT(p.memory), 0, 1 << 30, JSON_NEEDED, NULL},
    {"protocol", JSON_INT, AT(p.protocol), 2, 128, JSON_NEEDED, NULL},
    {"i", JSON_INT, AT(p.scp_i), 0, 255, JSON_OPTIONAL, NULL},
    {"level", JSON_INT, AT(p.level), 0, 0x33, JSON_OPTIONAL, NULL},
    {"command_max", JSON_INT, AT(p.command_max), 32, 255, JSON_OPTIONAL, NULL},
    {"batch", JSON_INT, AT(p.batch), 1, 64, JSON_OPTIONAL, NULL},
    {"isd_kvn", JSON_INT, AT(p.isd_kvn), 1, 255, JSON_NEEDED, NULL},
    {"first_kvn", JSON_INT, AT(p.first_kvn), 1, 127, JSON_NEEDED, NULL},
    {"own_kvn", JSON_INT, AT(p.own_kvn), 1, 127, JSON_NEEDED, NULL},
    {"spi", JSON_TEXT, AT(spi), 4, 4, JSON_OPTIONAL, NULL},
    {"kic_alg", JSON_INT, AT(p.kic_alg), 0, 15, JSON_OPTIONAL, NULL},
    {"kid_alg", JSON_INT, AT(p.kid_alg), 0, 15, JSON_OPTIONAL, NULL},
    {"cc_len", JSON_INT, AT(p.cc_len), 4, 8, JSON_OPTIONAL, NULL},
    {"format", JSON_ENUM, AT(p.format), 0, 0, JSON_OPTIONAL, formats},
    {"concat", JSON_ENUM, AT(p.concat), 0, 0, JSON_OPTIONAL, concats},
    {"segments", JSON_INT, AT(p.segments), 1, PROFILE_SEGMENTS_MAX, JSON_OPTIONAL, NULL},
    {"max_messages", JSON_INT, AT(p.max_messages), 1, 10000, JSON_OPTIONAL, NULL},
    {"answer_s", JSON_INT, AT(p.answer_s), 1, 86400, JSON_OPTIONAL, NULL},
    {"tar_first", JSON_TEXT, AT(tar), 6, 6, JSON_OPTIONAL, NULL},
    {"tar_count", JSON_INT, AT(p.tar_count), 1, 256, JSON_OPTIONAL, NULL},
    {"put_key_1171", JSON_INT, AT(p.put_key_1171), 0, 1, JSON_OPTIONAL, NULL},
    {"counter_only_with_data", JSON_INT, AT(p.counter_only_with_data), 0, 1, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err spi_and_tar(struct raw *r)
{
    uint8_t spi[2], tar[3];
    size_t n;
    TRY(hex_read(r->spi, spi, sizeof spi, &n));
    TRY(hex_read(r->tar, tar, sizeof tar, &n));
    r->p.spi1 = spi[0];
    r->p.spi2 = spi[1];
    r->p.tar_first = tar[0] << 16 | tar[1] << 8 | tar[2];
    return TSM_OK;
}

enum tsm_err profile_read(const json_t *object, struct se_profile *out)
{
    struct raw r = {.p = {.scp_i = 0x70,
                          .level = 0x33,
                          .command_max = 255,
                          .batch = 40,
                          .kic_alg = 2,
                          .kid_alg = 2,
                          .cc_len = 8,
                          .format = FORMAT_EXPANDED,
                          .segments = 2,
                          .max_messages = 120,
                          .answer_s = 60,
                          .tar_count = 16},
                    .spi = "1639",
                    .tar = "B20200"};
    TRY(json_fill(object, rows, &r));
    TRY(hex_read(r.isd, r.p.isd_aid, sizeof r.p.isd_aid, &r.p.isd_aid_len));
    TRY(hex_read(r.package, r.p.ssd_package, sizeof r.p.ssd_package, &r.p.ssd_package_len));
    TRY(hex_read(r.module, r.p.ssd_module, sizeof r.p.ssd_module, &r.p.ssd_module_len));
    TRY(spi_and_tar(&r));
    *out = r.p;
    return TSM_OK;
}
