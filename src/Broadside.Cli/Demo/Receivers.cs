using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Broadside.Cli.Demo;

/// <summary>
/// The second process: plain sockets that read and discard. It is told on its standard input how fast to read and when to report,
/// and reports on its standard output.
/// </summary>
internal sealed class Receivers(int port)
{
    /// <summary>Read as fast as possible.</summary>
    public const int Unlimited = 0;

    /// <summary>Read nothing.</summary>
    public const int Hold = -1;

    // Small, so that what waits in the receiver's kernel hides little of what the sender's queue does.
    private const int ReceiveBufferSize = 64 * 1024;
    private const int ReadSize = 16 * 1024;

    private readonly TextWriter _reports = TextWriter.Synchronized(Console.Out);
    private TaskCompletionSource _paceChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _pace;
    private long _received;
    private long _awaited = long.MaxValue;

    public async Task RunAsync(int count, TextReader orders, TextWriter reports)
    {
        for (var index = 0; index < count; index++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBufferSize };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            _ = index == 0 ? ReadStampsAsync(socket) : ReadAsync(socket, null);
        }

        await reports.WriteLineAsync("connected");
        while (await orders.ReadLineAsync() is { } order)
        {
            Obey(order.Split(' '));
        }
    }

    private void Obey(string[] order)
    {
        var number = long.Parse(order[1], CultureInfo.InvariantCulture);
        if (order[0] == "pace")
        {
            _pace = (int)number;
            Interlocked.Exchange(ref _paceChanged, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            return;
        }

        Volatile.Write(ref _awaited, number);
        ReportIfReceived();
    }

    // The first connection looks for messages that tell when they were sent.
    private Task ReadStampsAsync(Socket socket)
    {
        var header = new byte[DemoMessage.PrefixLength + DemoMessage.StampLength];
        var (filled, skip) = (0, 0);
        return ReadAsync(socket, bytes =>
        {
            while (!bytes.IsEmpty)
            {
                if (skip > 0)
                {
                    var skipped = Math.Min(skip, bytes.Length);
                    skip -= skipped;
                    bytes = bytes[skipped..];
                    continue;
                }

                var wanted = filled < DemoMessage.PrefixLength ? DemoMessage.PrefixLength : header.Length;
                var take = Math.Min(wanted - filled, bytes.Length);
                bytes[..take].CopyTo(header.AsSpan(filled));
                filled += take;
                bytes = bytes[take..];
                skip = Finish(header, ref filled);
            }
        });
    }

    private int Finish(byte[] header, ref int filled)
    {
        if (filled < DemoMessage.PrefixLength)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (length != DemoMessage.StampLength)
        {
            filled = 0;
            return length;
        }

        if (filled == header.Length)
        {
            filled = 0;
            var elapsed = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(DemoMessage.PrefixLength)));
            _reports.WriteLine(string.Create(CultureInfo.InvariantCulture, $"latency {elapsed.TotalMicroseconds:F0}"));
        }

        return 0;
    }

    private async Task ReadAsync(Socket socket, ReadOnlySpanAction? inspect)
    {
        var buffer = new byte[ReadSize];
        try
        {
            while (true)
            {
                while (_pace == Hold)
                {
                    await _paceChanged.Task;
                }

                var count = await socket.ReceiveAsync(buffer, SocketFlags.None);
                if (count == 0)
                {
                    return;
                }

                inspect?.Invoke(buffer.AsSpan(0, count));
                Interlocked.Add(ref _received, count);
                ReportIfReceived();
                if (_pace > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)count / _pace));
                }
            }
        }
        catch (SocketException)
        {
            // The demo is over.
        }
    }

    private void ReportIfReceived()
    {
        var awaited = Volatile.Read(ref _awaited);
        if (Volatile.Read(ref _received) >= awaited && Interlocked.CompareExchange(ref _awaited, long.MaxValue, awaited) == awaited)
        {
            _reports.WriteLine("received");
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
