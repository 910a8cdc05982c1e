/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm cap info`: what a CAP file holds and what a card must have to take it. Edge. [JCVM 6, GPCS C.2] */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/cap/check.h"
#include "app/cap_file.h"
#include "app/tsm.h"
#include "base/hex.h"

enum { AID_TEXT = 2 * 16 + 1, HASH_TEXT = 2 * SHA256_LEN + 1, VERSION_TEXT = 8 };

static const char *aid_text(struct bytes aid, char out[AID_TEXT])
{
    return hex_text(aid, out);
}

static const char *version_text(const struct cap_package *p, char out[VERSION_TEXT])
{
    snprintf(out, VERSION_TEXT, "%u.%u", p->major, p->minor);
    return out;
}

static void print_text(const struct cap *cap, const char *hash)
{
    char aid[AID_TEXT], version[VERSION_TEXT];
    printf("package    %s version %s\n", aid_text(cap->package.aid, aid),
           version_text(&cap->package, version));
    for (size_t i = 0; i < cap->applets; i++)
        printf("applet     %s\n", aid_text(cap->applet[i].aid, aid));
    for (size_t i = 0; i < cap->imports; i++) {
        const char *name = cap_package_name(cap->import[i].aid);
        printf("import     %s version %s%s%s\n", aid_text(cap->import[i].aid, aid),
               version_text(&cap->import[i], version), name ? " " : "", name ? name : "");
    }
    printf("format     CAP %u.%u%s\n", cap->format_major, cap->format_minor,
           cap->has_integers ? ", int" : "");
    printf("needs      Java Card %s or later\n", cap_java_card(cap)[0] ? cap_java_card(cap) : "(not told)");
    printf("load file  %zu octets, static data %zu octets\n", cap->code_size, cap->static_size);
    printf("sha-256    %s\n", hash);
}

static json_t *packages_json(const struct cap_package *p, size_t n)
{
    json_t *list = json_array();
    char aid[AID_TEXT], version[VERSION_TEXT];
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s*}", "aid", aid_text(p[i].aid, aid), "version",
                                        version_text(&p[i], version), "name", cap_package_name(p[i].aid)));
    return list;
}

static int print_json(const struct cap *cap, const char *hash)
{
    char aid[AID_TEXT], version[VERSION_TEXT];
    json_t *applets = json_array(), *all;
    for (size_t i = 0; i < cap->applets; i++)
        json_array_append_new(applets, json_string(aid_text(cap->applet[i].aid, aid)));
    all = json_pack("{s:{s:s, s:s}, s:o, s:o, s:s, s:i, s:i, s:s}", "package", "aid",
                    aid_text(cap->package.aid, aid), "version", version_text(&cap->package, version),
                    "applets", applets, "imports", packages_json(cap->import, cap->imports), "java_card",
                    cap_java_card(cap), "load_file_octets", (int)cap->code_size, "static_octets",
                    (int)cap->static_size, "sha256", hash);
    if (!all)
        return tsm_failed(FAIL(NO_MEMORY, "the document could not be made"));
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
    return TSM_EXIT_OK;
}

static int show(const char *path, bool as_json)
{
    struct cap_file f;
    struct crypto *c;
    uint8_t hash[SHA256_LEN];
    char text[HASH_TEXT];
    enum tsm_err e = cap_file_read(path, &f);
    int status = TSM_EXIT_OK;
    if (e != TSM_OK)
        return tsm_failed(e);
    e = crypto_new(&c);
    if (e == TSM_OK) {
        e = cap_lfdb_hash(&f.cap, c, hash);
        crypto_free(c);
    }
    if (e != TSM_OK)
        status = tsm_failed(e);
    else if (as_json)
        status = print_json(&f.cap, hex_text(BYTES(hash), text));
    else
        print_text(&f.cap, hex_text(BYTES(hash), text));
    cap_file_free(&f);
    return status;
}

static int usage(FILE *to, int status)
{
    fputs("usage: tsm cap info FILE [--json]\n", to);
    return status;
}

static int cap_info(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool as_json = false;
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 'h')
            return usage(stdout, TSM_EXIT_OK);
        if (letter != 'j')
            return usage(stderr, TSM_EXIT_USAGE);
        as_json = true;
    }
    return argc - optind == 1 ? show(argv[optind], as_json) : usage(stderr, TSM_EXIT_USAGE);
}

const struct tsm_command tsm_cap_commands[] = {
    {"cap", "info", cap_info,
     "what a CAP file holds and what it needs: package, applets, imports, size, hash"},
    {"cap", "check", tsm_cap_check,
     "may a CAP file be loaded: structure, bytecode, imports, size, AIDs, hash (1: refused)"},
    {NULL, NULL, NULL, NULL},
};
