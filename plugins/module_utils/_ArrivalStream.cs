// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: tells when the first bytes arrive on a stream. C# 5 and .NET
// Framework 4.x, as Windows PowerShell 5.1 has them.
// It may change in any release; do not use it from elsewhere.

using System;
using System.IO;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._ArrivalStream
{
    // Passes everything on. All ways of reading end here: in every .NET, the ReadAsync and
    // WriteAsync of Stream call BeginRead and BeginWrite. Closing it does not close the inner
    // stream.
    public class ArrivalStream : Stream
    {
        private readonly Stream inner;
        private readonly Action arrived;
        private bool told;

        public ArrivalStream(Stream inner, Action arrived)
        {
            this.inner = inner;
            this.arrived = arrived;
        }

        public override bool CanRead { get { return true; } }

        public override bool CanWrite { get { return true; } }

        public override bool CanSeek { get { return false; } }

        public override long Length { get { throw new NotSupportedException(); } }

        public override long Position
        {
            get { throw new NotSupportedException(); }
            set { throw new NotSupportedException(); }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            return Tell(inner.Read(buffer, offset, count));
        }

        public override IAsyncResult BeginRead(
            byte[] buffer, int offset, int count, AsyncCallback callback, object state)
        {
            return inner.BeginRead(buffer, offset, count, callback, state);
        }

        public override int EndRead(IAsyncResult asyncResult)
        {
            return Tell(inner.EndRead(asyncResult));
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
        }

        public override IAsyncResult BeginWrite(
            byte[] buffer, int offset, int count, AsyncCallback callback, object state)
        {
            return inner.BeginWrite(buffer, offset, count, callback, state);
        }

        public override void EndWrite(IAsyncResult asyncResult)
        {
            inner.EndWrite(asyncResult);
        }

        public override void Flush()
        {
            inner.Flush();
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            throw new NotSupportedException();
        }

        public override void SetLength(long value)
        {
            throw new NotSupportedException();
        }

        // The end of the stream, and a read of nothing, are no arrival.
        private int Tell(int count)
        {
            if (count > 0 && !told)
            {
                told = true;
                arrived();
            }
            return count;
        }
    }
}
