/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs smsc and fleet of the laboratory, as child process of the tests. */
#include "fleet/fleet.h"
#include "smsc/smsc_main.h"

#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "smsc") == 0)
        return smsc_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "fleet") == 0)
        return fleet_main(argc - 1, argv + 1);
    return 2;
}
