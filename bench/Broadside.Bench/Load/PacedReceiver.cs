using System.Diagnostics;
using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>A subscriber that reads at a set rate, and checks that records come whole and in order.</summary>
internal sealed class PacedReceiver(Socket socket, int bytesPerSecond) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly byte[] _header = new byte[BenchRecord.HeaderLength];
    private int _headerLength;
    private int _left;
    private long _read;

    /// <summary>Bulk records received.</summary>
    public long Bulk { get; private set; }

    /// <summary>How long the urgent record took; null before it came.</summary>
    public TimeSpan? Latency { get; private set; }

    /// <summary>How many bulk records came before the urgent one.</summary>
    public long BulkBefore { get; private set; }

    /// <summary>Reads what the rate allows.</summary>
    /// <param name="elapsed">Seconds since the beginning.</param>
    public void Read(double elapsed)
    {
        while ((long)(elapsed * bytesPerSecond) - _read is var allowed and > 0)
        {
            var received = socket.Receive(_buffer.AsSpan(0, (int)Math.Min(allowed, _buffer.Length)), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                // What was not there is not read later at a higher rate.
                _read = (long)(elapsed * bytesPerSecond);
                return;
            }

            if (received == 0)
            {
                throw new IOException($"The server closed a connection ({error}).");
            }

            _read += received;
            Take(_buffer.AsSpan(0, received));
        }
    }

    public void Dispose() => socket.Dispose();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, _left > 0 ? _left : _header.Length - _headerLength);
            if (_left > 0)
            {
                _left -= taken;
            }
            else
            {
                bytes[..taken].CopyTo(_header.AsSpan(_headerLength));
                _headerLength += taken;
            }

            bytes = bytes[taken..];
            if (_left == 0 && _headerLength == _header.Length)
            {
                Begin();
            }
        }
    }

    // The urgent record is no longer than a header: with the header it is all there.
    private void Begin()
    {
        _headerLength = 0;
        var (length, kind, value) = BenchRecord.Read(_header);
        _left = length - _header.Length;
        switch (kind)
        {
            case BenchRecord.Bulk when value == Bulk:
                Bulk++;
                break;
            case BenchRecord.Urgent when Latency is null:
                Latency = Stopwatch.GetElapsedTime(value);
                BulkBefore = Bulk;
                break;
            default:
                throw new InvalidDataException($"Received record '{(char)kind}' {value} after {Bulk} bulk records.");
        }
    }
}
