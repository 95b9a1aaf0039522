using Broadside.Channels;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Simulation.Throughput;

/// <summary>One connection that sends as much as it can over a line of limited rate, delay and loss, in virtual time.</summary>
internal sealed class BulkTransfer : ITcpUser, ITcpAcceptor, IDisposable
{
    private const int BatchLength = 1024 * 1024;
    private const int BatchesAhead = 40;
    private const ushort Port = 80;

    private readonly VirtualClock _clock = new();
    private readonly Arena _arena = new();
    private readonly Stack<SendBatch> _batches = new();
    private readonly NetworkStack _sender;
    private readonly NetworkStack _receiver;
    private readonly Reader _reader = new();

    /// <summary>Connects the two.</summary>
    /// <param name="bitsPerSecond">Of the line, either way.</param>
    /// <param name="roundTrip">Half of it each way.</param>
    /// <param name="loss">How likely a frame is lost, acknowledgments as well.</param>
    public BulkTransfer(long bitsPerSecond, TimeSpan roundTrip, double loss)
    {
        // A queue of what is on the way in a round trip (RFC 7567 section 1.2 has the rule and its limits), and not less than bursts need.
        var queue = Math.Max(128 * 1024, (int)(bitsPerSecond / 8 * roundTrip.TotalSeconds));
        var port = new SimulatedPortOptions { BitsPerSecond = bitsPerSecond, Latency = roundTrip / 2, QueueLimit = queue };
        var link = new SimulatedLink(_clock, port);
        PacketDevice device = link.B;
        if (loss > 0)
        {
            var faults = new FaultOptions { Loss = loss };
            device = new FaultInjection(device, faults, faults, new Random(1), _clock);
        }

        _sender = Stack(link.A, 1);
        _receiver = Stack(device, 2);
    }

    /// <summary>How many bytes have been received.</summary>
    public long Received => _reader.Count;

    /// <summary>Transfers for so long, or until so many bytes are there.</summary>
    /// <returns>Bytes per second, from the SYN on.</returns>
    public double Run(TimeSpan time, long length)
    {
        var start = _clock.Now;
        Connect();
        RunUntil(start + time, length);
        return Received / (_clock.Now - start).TotalSeconds;
    }

    /// <summary>Goes on until so many more bytes are there.</summary>
    /// <returns>Bytes per second meanwhile.</returns>
    public double GoOn(long length)
    {
        var (start, before) = (_clock.Now, Received);
        RunUntil(TimeSpan.MaxValue, before + length);
        return (Received - before) / (_clock.Now - start).TotalSeconds;
    }

    public ITcpUser OnAccepted(TcpConnection connection) => _reader;

    public void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
    {
        while (connection.TryTakeReleased(out var batch))
        {
            _batches.Push(batch);
        }

        while (_batches.TryPop(out var batch))
        {
            connection.Send(batch);
        }
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private NetworkStack Stack(PacketDevice device, uint host)
    {
        var network = new NetworkOptions { Addresses = [new((IPv4Address)new(0x0A000000 + host), 24)], Random = new Random(1) };
        return new(device, network, new TcpSettings(), _arena, () => new KeyedHash(host, 7), _clock.Now);
    }

    private void Connect()
    {
        for (var count = 0; count < BatchesAhead; count++)
        {
            var batch = new SendBatch();
            batch.Add(_arena.Allocate(BatchLength));
            _batches.Push(batch);
        }

        var any = IPv4Address.Unspecified;
        _receiver.Tcp.TryListen(new() { Address = any, Port = Port, Backlog = 1, Options = new(), Acceptor = this });
        _sender.Tcp.Connect(any, 0, new IPv4Address(0x0A000002), Port, new(), this, _clock.Now, out _);
    }

    private void RunUntil(TimeSpan end, long length)
    {
        while (Received < length)
        {
            Turn(_sender);
            Turn(_receiver);
            var next = Sooner(NextDue(_sender), NextDue(_receiver));
            if (next > end)
            {
                _clock.MoveTo(end);
                return;
            }

            _clock.MoveTo(next);
        }
    }

    private void Turn(NetworkStack stack)
    {
        while (stack.Receive(_clock.Now) || stack.HasWork)
        {
            stack.DeliverEvents(_clock.Now);
        }

        stack.Poll(_clock.Now);
    }

    private static TimeSpan NextDue(NetworkStack stack) => Sooner(TimeSpan.FromTicks(stack.Device.NextDue), stack.NextDeadline);

    private static TimeSpan Sooner(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>Reads all there is at once.</summary>
    private sealed class Reader : ITcpUser
    {
        public long Count { get; private set; }

        public void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
        {
            while (connection.Peek(out _, out _) is > 0 and var length)
            {
                Count += length;
                connection.Consume(length, now);
            }
        }
    }
}
