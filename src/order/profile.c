/* SPDX-License-Identifier: Apache-2.0 */
/* SE profiles by table: one row a member, hex members turned to bytes, defaults those of a common AES card.
 * Stations 4 to 8. Pure. */
#include "order/profile.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/admission/admission.h"
#include "order/card/component.h"
#include "ota/packet/spi.h"

/* What JSON gives before the AIDs are bytes. */
struct raw {
    struct se_profile p;
    char isd[33], package[33], module[33], spi[5], tar[7], keep_alive[2 * PROFILE_KEEP_ALIVE_MAX + 1];
    json_t *component; /* borrowed */
};

static const char *const bearers[] = {"sms", "seram", NULL};
static const char *const formats[] = {"compact", "expanded", NULL};
static const char *const concats[] = {"spec", "cpi_first", "cpi_all", NULL};

#define AT(member) offsetof(struct raw, member)
static const struct json_row rows[] = {
    {"name", JSON_TEXT, AT(p.name), 1, PROFILE_NAME_MAX, JSON_NEEDED, NULL},
    {"component", JSON_VALUE, AT(component), 0, 0, JSON_OPTIONAL, NULL},
    {"certificate", JSON_TEXT, AT(p.certificate), 0, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"cplc", JSON_TEXT, AT(p.cplc), 0, PROFILE_PATTERN_MAX, JSON_OPTIONAL, NULL},
    {"recognition", JSON_TEXT, AT(p.recognition), 0, PROFILE_PATTERN_MAX, JSON_OPTIONAL, NULL},
    {"bearer", JSON_ENUM, AT(p.bearer), 0, 0, JSON_NEEDED, bearers},
    {"isd_aid", JSON_TEXT, AT(isd), 10, 32, JSON_NEEDED, NULL},
    {"ssd_package", JSON_TEXT, AT(package), 10, 32, JSON_OPTIONAL, NULL},
    {"ssd_module", JSON_TEXT, AT(module), 10, 32, JSON_OPTIONAL, NULL},
    {"memory", JSON_INT, AT(p.memory), 0, PROFILE_MEMORY_MAX, JSON_NEEDED, NULL},
    {"protocol", JSON_INT, AT(p.protocol), 2, 128, JSON_NEEDED, NULL},
    {"i", JSON_INT, AT(p.scp_i), 0, 255, JSON_OPTIONAL, NULL},
    {"level", JSON_INT, AT(p.level), 0, 0x33, JSON_OPTIONAL, NULL},
    {"command_max", JSON_INT, AT(p.command_max), 32, 255, JSON_OPTIONAL, NULL},
    {"batch", JSON_INT, AT(p.batch), 1, 64, JSON_OPTIONAL, NULL},
    {"isd_kvn", JSON_INT, AT(p.isd_kvn), 1, 255, JSON_NEEDED, NULL},
    {"first_kvn", JSON_INT, AT(p.first_kvn), 1, 127, JSON_NEEDED, NULL},
    {"scp11_i", JSON_INT, AT(p.scp11_i), 0, 0xFFFF, JSON_OPTIONAL, NULL},
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
    {"packages", JSON_TEXT, AT(p.packages), 0, PROFILE_PACKAGES_MAX, JSON_OPTIONAL, NULL},
    {"gap_ms", JSON_INT, AT(p.gap_ms), 0, PROFILE_GAP_MAX_MS, JSON_OPTIONAL, NULL},
    {"round_trip_ms", JSON_INT, AT(p.round_trip_ms), 0, PROFILE_GAP_MAX_MS, JSON_OPTIONAL, NULL},
    {"keep_alive", JSON_TEXT, AT(keep_alive), 8, 2 * PROFILE_KEEP_ALIVE_MAX, JSON_OPTIONAL, NULL},
    {"no_dap", JSON_INT, AT(p.no_dap), 0, 1, JSON_OPTIONAL, NULL},
    {"no_int", JSON_INT, AT(p.no_int), 0, 1, JSON_OPTIONAL, NULL},
    {"elf_upgrade", JSON_INT, AT(p.elf_upgrade), 0, 1, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

enum {
    POR_ALWAYS = 1,
    PROTOCOL_SCP02 = 2,
    PROTOCOL_SCP03 = 3,
    PROTOCOL_SCP80 = 0x80,
    SCP80_KVN_MAX = 15,
    TAR_MAX = 0xFFFFFF
};

/* The members that are hex: the text that was read, and where its bytes go. */
static enum tsm_err hex_of(const char *member, const char *text, uint8_t *to, size_t cap, size_t *len)
{
    if (hex_read(text, to, cap, len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, member, "%s must be whole bytes in hex", member);
    return TSM_OK;
}

static enum tsm_err pattern(const char *member, const char *text)
{
    size_t n = strlen(text);
    if (n % 2 || strspn(text, "0123456789ABCDEFabcdef.") != n)
        return FAIL_FIELD(BAD_FORM, member, "%s must be whole bytes in hex, a dot for any digit", member);
    return TSM_OK;
}

static enum tsm_err hex_members(struct raw *r)
{
    struct se_profile *p = &r->p;
    uint8_t spi[2], tar[3];
    size_t n;
    TRY(hex_of("isd_aid", r->isd, p->isd_aid, sizeof p->isd_aid, &p->isd_aid_len));
    TRY(hex_of("ssd_package", r->package, p->ssd_package, sizeof p->ssd_package, &p->ssd_package_len));
    TRY(hex_of("ssd_module", r->module, p->ssd_module, sizeof p->ssd_module, &p->ssd_module_len));
    TRY(hex_of("keep_alive", r->keep_alive, p->keep_alive, sizeof p->keep_alive, &p->keep_alive_len));
    TRY(hex_of("spi", r->spi, spi, sizeof spi, &n));
    TRY(hex_of("tar_first", r->tar, tar, sizeof tar, &n));
    TRY(pattern("cplc", p->cplc));
    TRY(pattern("recognition", p->recognition));
    p->spi1 = spi[0];
    p->spi2 = spi[1];
    p->tar_first = tar[0] << 16 | tar[1] << 8 | tar[2];
    return TSM_OK;
}

/* KIc and KID have four bits for the key version [TS 102 225 5.1.2]. */
static enum tsm_err key_versions(const struct se_profile *p)
{
    const struct {
        const char *member;
        int64_t kvn;
    } versions[] = {{"isd_kvn", p->isd_kvn}, {"first_kvn", p->first_kvn}, {"own_kvn", p->own_kvn}};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (p->protocol == PROTOCOL_SCP80 && versions[i].kvn > SCP80_KVN_MAX)
            return FAIL_FIELD(BAD_VALUE, versions[i].member, "%s must be 1 to %d for SCP80",
                              versions[i].member, SCP80_KVN_MAX);
    if (p->own_kvn == p->first_kvn)
        return FAIL_FIELD(BAD_VALUE, "own_kvn",
                          "own_kvn must differ from first_kvn: both are there for a while");
    return TSM_OK;
}

/* Key sets of domains are made as AES keys: no token here does TDES for packets, and none is fallen back to.
 */
static enum tsm_err packet_algorithms(const struct se_profile *p)
{
    const struct {
        const char *member;
        int64_t alg;
    } rows_of[] = {{"kic_alg", p->kic_alg}, {"kid_alg", p->kid_alg}};
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++)
        if (p->protocol == PROTOCOL_SCP80 && rows_of[i].alg != ALG_AES)
            return FAIL_FIELD(UNSUPPORTED, rows_of[i].member,
                              "%s %lld is not supported by the token: it must be %d, AES [TS 102 225 5.1.2]",
                              rows_of[i].member, (long long)rows_of[i].alg, ALG_AES);
    return TSM_OK;
}

/* Both directions must be proved: what packets carry changes cards, and what proofs tell ends orders. A
 * packet without a proof of receipt would count as lost each time. */
static enum tsm_err packet_security(const struct se_profile *p)
{
    const char *weak = scp80_weakness((uint8_t)p->spi1, (uint8_t)p->kic_alg, (uint8_t)p->kid_alg);
    if ((p->spi2 & SPI2_POR) != POR_ALWAYS)
        return FAIL_FIELD(BAD_VALUE, "spi", "spi must ask for a proof of receipt always");
    if ((p->spi2 & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT != INTEGRITY_CC)
        return FAIL_FIELD(BAD_VALUE, "spi",
                          "spi must ask for a cryptographic checksum on the proof of receipt: without one "
                          "anybody can make it");
    if (weak)
        return FAIL_FIELD(BAD_VALUE, "spi", "spi is too weak: %s [TS 102 225 5.1]", weak);
    return TSM_OK;
}

/* A session that is cut is one of an agent; between two round trips there must be time to answer. */
static enum tsm_err session_gap(const struct se_profile *p)
{
    if (p->gap_ms && p->bearer != BEARER_SERAM)
        return FAIL_FIELD(BAD_VALUE, "gap_ms",
                          "only an agent's session can be cut: gap_ms needs the bearer seram");
    if (p->gap_ms && profile_hold_ms(p) <= 0)
        return FAIL_FIELD(BAD_VALUE, "gap_ms", "gap_ms must be more than two round trips of %lld ms",
                          (long long)p->round_trip_ms);
    return TSM_OK;
}

/* What a member alone cannot tell. */
static enum tsm_err together(const struct se_profile *p)
{
    struct admission packages;
    TRY(admission_packages(p->packages, &packages));
    if (p->protocol != PROTOCOL_SCP02 && p->protocol != PROTOCOL_SCP03 && p->protocol != PROTOCOL_SCP80)
        return FAIL_FIELD(BAD_VALUE, "protocol", "protocol must be 2, 3 or 128");
    if ((p->bearer == BEARER_SMS) != (p->protocol == PROTOCOL_SCP80))
        return FAIL_FIELD(BAD_VALUE, "bearer", "short messages carry SCP80, an agent carries SCP02 or SCP03");
    TRY(packet_algorithms(p));
    if (p->protocol == PROTOCOL_SCP80)
        TRY(packet_security(p));
    if (p->cc_len != 4 && p->cc_len != 8)
        return FAIL_FIELD(BAD_VALUE, "cc_len", "cc_len must be 4 or 8");
    if (p->tar_first + p->tar_count - 1 > TAR_MAX)
        return FAIL_FIELD(BAD_VALUE, "tar_count", "the range of TARs ends at FFFFFF");
    TRY(session_gap(p));
    return key_versions(p);
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
                          .tar_count = 16,
                          .round_trip_ms = 300},
                    .keep_alive = "0070800300", /* MANAGE CHANNEL: closes one that is not open */
                    .spi = "1639",
                    .tar = "B20200"};
    TRY(json_fill(object, rows, &r));
    if (r.component)
        TRY(component_check(r.component));
    TRY(hex_members(&r));
    TRY(together(&r.p));
    *out = r.p;
    return TSM_OK;
}
