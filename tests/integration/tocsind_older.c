/* tocsind as it might have been one version ago. */
#include "older_program.h"

static bool older_runs(void)
{
    return true;
}
