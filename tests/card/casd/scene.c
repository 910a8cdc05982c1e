/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that every scenario of confidential hand-over has in common. Test code. */
#include "scene.h"

#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/install.h"
#include "gp/command/store_data.h"
#include "gp/tlv.h"
#include "vault/operation/operation.h"

enum { TODAY = 0x20260101 };

static const uint8_t casd_aid[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50, 0x43, 0x41, 0x53, 0x44, 0x00};
static const uint8_t domain_aid[] = {0xF0, 0x4F, 0x54, 0x53, 0x4D, 0x00, 0x02};
static const uint8_t sd_package[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50};
static const uint8_t sd_module[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50, 0x41};
const uint8_t own_sin[3] = {0x01, 0x02, 0x03}, own_sdin[4] = {0x11, 0x22, 0x33, 0x44};

static void send_ok(struct scene *s, struct bytes capdu, struct rapdu *out)
{
    struct apdu a;
    assert_ok(apdu_read(capdu, &a));
    lab_send(&s->card, &a, out);
    assert_int_equal(out->sw, SW_OK);
}

/* ECKA, AUT and CT, each under the authority of the card. */
static void read_certificates(struct scene *s)
{
    struct certificate_trust trust = {.ca = s->card.ca, .today = TODAY};
    struct apdu get = {.cla = CLA_GP, .ins = INS_GET_DATA, .p1 = 0x7F, .p2 = 0x21, .le = 0};
    struct rapdu answer;
    struct writer w = WRITER(s->store);
    struct reader r;
    lab_select(&s->card, BYTES(casd_aid));
    lab_send(&s->card, &get, &answer);
    assert_int_equal(answer.sw, SW_OK);
    assert_ok(write_span(&w, answer.data));
    r = READER(written(&w));
    assert_ok(certificate_next(&r, &s->agrees));
    assert_ok(certificate_next(&r, &s->signs));
    assert_ok(certificate_next(&r, &s->deciphers));
    assert_ok(read_end(&r));
    assert_ok(certificate_verify(&s->agrees, &trust, CERTIFICATE_AGREES));
    assert_ok(certificate_verify(&s->signs, &trust, CERTIFICATE_SIGNS));
    assert_ok(certificate_verify(&s->deciphers, &trust, CERTIFICATE_DECIPHERS));
}

static void make_domain(struct scene *s)
{
    static const uint8_t parameters[] = {0xC9, 0x04, 0x81, 0x02, 0x03, 0x70},
                         privileges[] = {0x80, 0x80, 0x00};
    struct gp_install i = {.p1 = INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE,
                           .load_file = BYTES(sd_package),
                           .module = BYTES(sd_module),
                           .application = BYTES(domain_aid),
                           .privileges = BYTES(privileges),
                           .parameters = BYTES(parameters)};
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct rapdu answer;
    lab_select(&s->card, BYTES_NONE);
    assert_ok(lab_open(&s->card));
    assert_ok(install_write(&i, &w));
    send_ok(s, written(&w), &answer);
}

void begin(struct scene *s)
{
    rig_need();
    memset(s, 0, sizeof *s);
    lab_start(&s->card);
    s->provider = rig_party("provider");
    read_certificates(s);
    make_domain(s);
}

/* The owner carries the groupings to the domain; the status word of the last block. */
uint16_t carry_groupings(struct scene *s, struct bytes dgis, struct rapdu *answer)
{
    struct store_part part = {dgis, STORE_DGI | STORE_ANSWER};
    struct store_plan plan;
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    assert_ok(install_write(
        &(struct gp_install){.p1 = INSTALL_FOR_PERSONALIZATION, .application = BYTES(domain_aid)}, &w));
    send_ok(s, written(&w), answer);
    assert_ok(store_plan_make(&part, 1, channel_block_max(&s->card.channel), &plan));
    for (size_t n = 0; n < plan.blocks; n++) {
        struct apdu a;
        w = WRITER(room);
        assert_ok(store_plan_block(&plan, n, &w));
        assert_ok(apdu_read(written(&w), &a));
        lab_send(&s->card, &a, answer);
        if (answer->sw != SW_OK)
            break;
    }
    return answer->sw;
}

/* The provider's channel, opened through the vault. */
void provider_opens(struct scene *s)
{
    static const uint8_t challenge[S8_LEN] = {8, 7, 6, 5, 4, 3, 2, 1};
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct scp_opening o = {.keys = s->keys, .host_challenge = BYTES(challenge), .level = 0x33};
    struct init_update iu;
    struct channel ch;
    struct rapdu answer;
    lab_select(&s->card, BYTES(domain_aid));
    assert_ok(channel_start(KVN, BYTES(challenge), &w));
    send_ok(s, written(&w), &answer);
    assert_ok(gp_init_update_read(answer.data, &iu));
    o.answer = &iu;
    w = WRITER(room);
    assert_ok(vault_open_scp(s->provider, &o, &ch, &w));
    send_ok(s, written(&w), &answer);
}

void owner_is_out(struct scene *s)
{
    struct rapdu answer;
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct apdu a;
    lab_select(&s->card, BYTES(domain_aid));
    assert_err(lab_open(&s->card), TSM_CRYPTOGRAM_WRONG);
    lab_select(&s->card, BYTES_NONE);
    assert_ok(lab_open(&s->card));
    assert_ok(install_write(
        &(struct gp_install){.p1 = INSTALL_FOR_PERSONALIZATION, .application = BYTES(domain_aid)}, &w));
    assert_ok(apdu_read(written(&w), &a));
    lab_send(&s->card, &a, &answer);
    assert_int_equal(answer.sw, SW_CONDITIONS);
}

/* Numbers that the derivation takes in: the owner stores them before. */
void give_numbers(struct scene *s)
{
    uint8_t data_room[ROOM], room[APDU_SHORT_MAX];
    struct writer data = WRITER(data_room), w = WRITER(room);
    struct store_part part = {.p1 = STORE_TLV};
    struct store_plan plan;
    struct rapdu answer;
    assert_ok(tlv_write(&data, 0x42, BYTES(own_sin)));
    assert_ok(tlv_write(&data, 0x45, BYTES(own_sdin)));
    part.data = written(&data);
    lab_select(&s->card, BYTES(domain_aid));
    assert_ok(lab_open(&s->card));
    assert_ok(store_plan_make(&part, 1, channel_block_max(&s->card.channel), &plan));
    assert_int_equal(plan.blocks, 1);
    assert_ok(store_plan_block(&plan, 0, &w));
    send_ok(s, written(&w), &answer);
    lab_select(&s->card, BYTES_NONE);
    assert_ok(lab_open(&s->card));
}
