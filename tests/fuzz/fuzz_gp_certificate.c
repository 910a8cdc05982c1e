/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as certificates, as a chain, as a certificate store, as answers of SCP11 and of a CASD. What is
 * read of the GlobalPlatform form and could be signed by the standard's rules is written back and read the
 * same. Fuzz target. */
#include <stdlib.h>

#include "fuzz.h"
#include "gp/casd/casd.h"
#include "gp/certificate/certificate.h"
#include "gp/scp11/pso.h"
#include "gp/scp11/scp11.h"
#include "gp/scp11/store.h"

enum { ROOM = 1 << 17 };

const char *const fuzz_seeds[] = {
    "7F2181B99304010203044208A0000001510000005F2008A000000151535041950200805F2504202601015F2404203612317F4946"
    "B0410495"
    "1CEEA4AA1DAFEEE5CB52527C8362BF8639BAFB34DDF9D02FE242DC8D53AFB86EB977F00753A58A2592466EF5DFAD091BA4689D5F"
    "D6735CD6"
    "884FC39DBB7FEDF001005F3740392E53D1FC0715DE9769BF7D758A3188DAF80459D5342246751394E7E67A0B8D1511A0BA96AF38"
    "4E96E23F"
    "DC93B538F9E3B3B6F021100A4CE141EDD467A949B6",
    "308201F030820177A003020102020600DEADBEEF01300A06082A8648CE3D0403033021310D300B060355040A0C0441434D45"
    "3110300E06035504030C074B412D4B4C4343301E170D3236303130313030303030305A170D3238313233313233353935395A"
    "3031310D300B060355040A0C0441434D45310B300906035504030C025344311330110603550405130A303130323033303430"
    "353059301306072A8648CE3D020106082A8648CE3D030107034200048570E95D85825286DB92C78317679BDD8FFE3C90D0AF"
    "84291BF64132B66FCC99C926F087212D75B1F4DBC5D4999B4C5605ADF66DB801A4DE371CDAD39EBC55E5A3818A308187301D"
    "0603551D0E04160414E9143393F747962D9B8D68848636CC8B8D80FD0A301F0603551D230418301680145DFF7E0152C0ADF0"
    "B8D8E5BAF00207CA55ADA66E300E0603551D0F0101FF040403020308301C060C2A864886FC6B64000A0200020101FF040904"
    "0747524F55502D373017060C2A864886FC6B64000A020000040704057303C80101300A06082A8648CE3D0403030367003064"
    "02303379030400FEBB5606B3121B816C30C2BC664C0B8FBF75F41EE807E7B7BB48EA2DA5E514B9519097E9965FF2E4F3A694"
    "023044A019AD48CA51F16E0B98BBBD7DE48D1ACDE5ADFA65C417B14830F9AB7372BAEF4837DA9FD5245087936C99A57305D0",
    "7F2181CA93020102420243415F20024B419501825F2504202601015F2404202812317F4946B04104A62F048F367359809C2D"
    "46C2049D7D7BF268C3C073C472753CB18A24A8AD20B1CACCF8104B666795C7F35DAC9DC444B3C2C61978198C49859955B999"
    "56DA5EDBF001005F3760B1B87295E5854A0AECF95C86711AB0810DAA68D7E15DF0F8C3B95339D1DD71297AC93CBF0B05DBCE"
    "7A12767910498180DB051B178AFBC404429F56F85B7EDE21B40FCD3495AEAF3F60EE5B3D0B46FDB810F22EE327D46F2B246C"
    "9D6A9B3867D27F2181AE9302010342024B415F200747524F55502D37950200805F2404202711307303C801017F4946B04104"
    "8570E95D85825286DB92C78317679BDD8FFE3C90D0AF84291BF64132B66FCC99C926F087212D75B1F4DBC5D4999B4C5605AD"
    "F66DB801A4DE371CDAD39EBC55E5F001005F37407FBF9FBD752B16F2E7F9A31991899AB5B7E82FAF5911B0EDFA6ADB2B69CF"
    "9A8BAAAB394744CD03D44BF50081C943BB947027C9832D5ED83CB0093B16C4552B1C",
    "BF21053003020101",
    "FF33104202A1A2830210034202B1B283022004",
    "5F49410492CAFD79D7E39EA433611E9AAD9742D85B3BD06F3D6055D7CDE28FC44D0AB556BC0F94D2100D87727FDFA2B49033C78F"
    "07A30AA8"
    "D5A6A505E59F99FCDFB2526686100B63C42C2D5138936FF5894F10C1234F",
    "7F4946B04104B5C2598092609EFEFBA7A2FBED2F6E9142CA3882E7DE69D47D29476E7F0CE85077480CAC6AD5C156CE459F2592DA"
    "0EECDCB0"
    "DE2E8F112C9E49C4655A11C59620F0010000A61AA618900203009501108001888101108201018301309103000000",
    "851000112233445566778899AABBCCDDEEFF861000112233445566778899AABBCCDDEEFF",
    NULL,
};

static void same_again(const struct gp_certificate *c)
{
    static uint8_t body[ROOM], out[ROOM];
    struct writer b = WRITER(body), w = WRITER(out);
    struct gp_certificate back;
    if (c->form != CERTIFICATE_GP || certificate_write_signed(c, &b) != TSM_OK)
        return;
    if (certificate_write(written(&b), c->signature, &w) != TSM_OK)
        return;
    if (certificate_read(written(&w), &back) != TSM_OK || back.uses != c->uses || back.expiry != c->expiry ||
        !bytes_equal(back.key.point, c->key.point) || !bytes_equal(back.serial, c->serial))
        abort();
}

static void walk_certificates(struct bytes in)
{
    struct reader r = READER(in);
    struct gp_certificate c;
    while (r.left.len && certificate_next(&r, &c) == TSM_OK) {
        if ((c.modulus.len == 0 && c.key.point.len != 1 + 2 * ec_side(c.key.curve)) ||
            c.signed_data.len > c.whole.len)
            abort();
        same_again(&c);
    }
}

/* A chain is not verified by chance. */
static void verify(struct bytes in)
{
    static const uint8_t base_point[65] = {
        0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
        0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
        0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
        0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};
    struct certificate_trust trust = {{EC_P256, BYTES(base_point)}, 0x20260301, NULL, 0};
    struct gp_certificate leaf;
    if (certificate_chain_verify(in, &trust, &leaf) == TSM_OK)
        abort();
}

static void walk_plan(struct bytes in)
{
    static uint8_t out[ROOM];
    struct pso_plan p;
    struct pso_chain chain = {in, 3, 0x10, (enum pso_style)(in.len % 4), 0};
    if (pso_plan_make(&chain, &p) != TSM_OK)
        return;
    for (size_t n = 0; n < p.commands; n++) {
        struct writer w = WRITER(out);
        if (pso_plan_command(&p, n, &w) != TSM_OK)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size), chain;
    struct scp11_answer scp;
    struct scp11_key_ref key;
    struct casd_answer casd;
    struct casd_terms terms;
    struct casd_request request;
    struct reader list;
    walk_certificates(in);
    verify(in);
    walk_plan(in);
    if (scp11_certificates_read(in, &chain) == TSM_OK)
        walk_certificates(chain);
    if (scp11_authorities_open(in, SCP11_CA_KLOC, &list) == TSM_OK)
        while (list.left.len && scp11_authority_next(&list, &key) == TSM_OK)
            if (key.ca.len == 0)
                abort();
    if (scp11_answer_read(in, &scp) == TSM_OK && scp.receipt.len != CMAC_LEN)
        abort();
    if (casd_answer_read(in, &casd) == TSM_OK && casd.receipt.len != CMAC_LEN)
        abort();
    (void)casd_request_read(in, &terms, &request);
    return 0;
}
