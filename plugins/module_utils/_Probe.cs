// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: reaches endpoints, many at once, and tells how far it came.
// C# 5 and .NET Framework 4.x, as Windows PowerShell 5.1 has them, where no call on a socket can be
// cancelled: what takes too long is left behind, its sockets closed.
// It may change in any release; do not use it from elsewhere.

using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Attempt;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Probe
{
    public static class Probe
    {
        private const int AtOnce = 64;

        // One finding for each endpoint, in order, before the deadline (in milliseconds) is over.
        public static Finding[] Run(Endpoint[] endpoints, Settings settings)
        {
            // .NET Framework resolves names on threads of the pool, which grows by one or two a
            // second only.
            int workers, ports;
            ThreadPool.GetMinThreads(out workers, out ports);
            ThreadPool.SetMinThreads(Math.Max(workers, 4 * AtOnce), Math.Max(ports, 4 * AtOnce));
            Stopwatch clock = Stopwatch.StartNew();
            Resolver resolver = new Resolver();
            SemaphoreSlim places = new SemaphoreSlim(AtOnce);
            return Task.WhenAll(
                endpoints.Select(endpoint => RunOne(endpoint, settings, resolver, places, clock))
            ).GetAwaiter().GetResult();
        }

        private static async Task<Finding> RunOne(
            Endpoint endpoint, Settings settings, Resolver resolver, SemaphoreSlim places,
            Stopwatch clock)
        {
            if (!await places.WaitAsync(Left(settings, clock)).ConfigureAwait(false))
            {
                return new Finding { Error = "Deadline" };
            }
            try
            {
                int left = Left(settings, clock);
                if (left == 0) { return new Finding { Error = "Deadline" }; }
                using (Attempt attempt = new Attempt(endpoint, settings, resolver))
                {
                    Task work = Task.Run(() => attempt.Make());
                    Task late = Task.Delay(Math.Min(settings.Timeout, left));
                    bool ended = await Task.WhenAny(work, late).ConfigureAwait(false) == work;
                    Finding finding = attempt.Finding.Copy();
                    if (!ended && !finding.Done)
                    {
                        finding.Error = left < settings.Timeout ? "Deadline" : "Timeout";
                    }
                    finding.Milliseconds = attempt.Clock.ElapsedMilliseconds;
                    return finding;
                }
            }
            finally
            {
                places.Release();
            }
        }

        private static int Left(Settings settings, Stopwatch clock)
        {
            return (int)Math.Max(0, settings.Deadline - clock.ElapsedMilliseconds);
        }
    }
}
