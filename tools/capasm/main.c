/* SPDX-License-Identifier: Apache-2.0 */
/* capasm: assembles a Java Card CAP file from a readable source (build tool, edge: command line and files).
 * The hash it prints is the one INSTALL [for load] carries: GPCS 2.3.1 clause 11.5.2.3.1 over the load file
 * of clause 11.6.2.3, with the components in load order and without Descriptor and Debug. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capasm.h"

enum { EXIT_USAGE = 2 };

/* Prints before, the digest in hexadecimal, and after. */
static int print_hash(const struct package *p, const char *before, const char *after)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (EVP_Digest(p->load_file.data, p->load_file.len, digest, &len, EVP_sha256(), NULL) != 1)
        return -1;
    fputs(before, stdout);
    for (unsigned i = 0; i < len; i++)
        printf("%02x", digest[i]);
    puts(after);
    return 0;
}

static int print_header(const struct package *p, const char *name)
{
    printf("#define %s_LFDB_SHA256 \"", name);
    return print_hash(p, "", "\"");
}

static int print_list(const struct package *p)
{
    for (const enum component_tag *tag = load_order; *tag != 0; tag++)
        if (p->component[*tag].len > 0)
            printf("%-12s %5zu\n", component_file_name(*tag), p->component[*tag].len);
    printf("%-12s %5zu\n", "load file", p->load_file.len);
    printf("%-12s %5zu (not loaded)\n", component_file_name(COMPONENT_DESCRIPTOR),
           p->component[COMPONENT_DESCRIPTOR].len);
    return 0;
}

static int run(struct package *p, int argc, char **argv)
{
    const bool option = argv[1][0] == '-';
    const char *file = argv[option ? 2 : 1];

    if (source_read(p, file) != 0 || components_build(p, file) != 0)
        return -1;
    if (!option)
        return container_write(p, argv[argc - 1]);
    if (strcmp(argv[1], "--header") == 0)
        return print_header(p, argc == 4 ? argv[3] : "DEMO");
    return strcmp(argv[1], "--hash") == 0 ? print_hash(p, "", "") : print_list(p);
}

static bool usage_ok(int argc, char **argv)
{
    if (argc == 4)
        return strcmp(argv[1], "--header") == 0 || (argv[1][0] != '-' && strcmp(argv[2], "-o") == 0);
    return argc == 3 && (strcmp(argv[1], "--hash") == 0 || strcmp(argv[1], "--header") == 0 ||
                         strcmp(argv[1], "--list") == 0);
}

int main(int argc, char **argv)
{
    if (!usage_ok(argc, argv)) {
        fputs("usage: capasm FILE.capasm -o OUT.cap\n"
              "       capasm --hash FILE.capasm    SHA-256 of the load file data block\n"
              "       capasm --header FILE.capasm [NAME]  the same as a C header, NAME_LFDB_SHA256 (DEMO)\n"
              "       capasm --list FILE.capasm    component sizes\n",
              stderr);
        return EXIT_USAGE;
    }
    struct package *p = calloc(1, sizeof *p);
    if (p == NULL) {
        perror("capasm");
        return EXIT_FAILURE;
    }
    const int result = run(p, argc, argv);
    free(p);
    if (fflush(stdout) != 0 || result != 0)
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
