/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs smsc and uicc of the laboratory above the small card, as child process of the tests. */
#include "smsc/smsc_main.h"
#include "uicc/uicc_main.h"

#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "smsc") == 0)
        return smsc_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "uicc") == 0)
        return uicc_main(argc - 1, argv + 1);
    return 2;
}
