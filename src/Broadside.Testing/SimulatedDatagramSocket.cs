using System.Net;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>A datagram socket: each datagram travels alone and may be lost, doubled or overtaken.</summary>
internal sealed class SimulatedDatagramSocket(SimulatedChannel channel, IPEndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    : ChannelDatagramSocket, IReady
{
    private const int MaximumPayload = 65_507;

    private static readonly IPEndPoint AnyEndPoint = new(IPAddress.Any, 0);
    private static readonly IPEndPoint AnyEndPointV6 = new(IPAddress.IPv6Any, 0);

    private readonly SimulatedNetwork _network = channel.Network;
    private readonly Queue<(byte[] Bytes, SocketAddress From)> _received = new();
    private readonly List<ReceivedDatagram> _batch = [];
    private int _receivedBytes;
    private int _bytesUnderWay;
    private bool _isClosed;
    private bool _isReported;

    public override EndPoint LocalEndPoint => endPoint;

    public bool IsReady { get; set; }

    public override bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (bytes.Length > MaximumPayload)
        {
            throw new ArgumentException($"A datagram carries at most {MaximumPayload:N0} bytes.", nameof(bytes));
        }

        if (_isClosed || _bytesUnderWay + bytes.Length > Math.Max(_network.Options.SendBuffer, MaximumPayload))
        {
            channel.Counters.CountDatagrams(0, 0, 1);
            return false;
        }

        channel.Counters.CountDatagrams(0, 1, 0);
        var target = (IPEndPoint)(to.Family == System.Net.Sockets.AddressFamily.InterNetwork ? AnyEndPoint : AnyEndPointV6).Create(to);
        var name = NetworkName.From(target, channel.Host);
        var payload = bytes.ToArray();
        for (var copies = _network.DrawDatagramCopies(); copies > 0; copies--)
        {
            Carry(payload, name, SenderSeenFrom(target));
        }

        return true;
    }

    public override void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _network.DatagramSockets.Remove(NetworkName.From(endPoint, channel.Host), this);
            channel.Remove(this);
            channel.MarkReady(this);
        }
    }

    public void Dispatch()
    {
        if (!_isClosed && _received.Count > 0)
        {
            DeliverBatch();
        }

        if (_isClosed && !_isReported)
        {
            _isReported = true;
            Guard(() => handler.OnClosed(null));
        }
        else if (_received.Count > 0)
        {
            channel.MarkReady(this);
        }
    }

    private void Carry(byte[] payload, NetworkName name, IPEndPoint from)
    {
        if (_network.IsBlocked(channel.Host, name.Host) || _network.DrawDatagramLoss())
        {
            _network.Record(SimulatedEventKind.DatagramLost, endPoint.Port, payload.Length);
            return;
        }

        _bytesUnderWay += payload.Length;
        _network.Schedule(_network.Now + _network.DrawDatagramLatency(), () =>
        {
            _bytesUnderWay -= payload.Length;
            _network.DatagramSockets.Find(name, from.Port)?.Receive(payload, from);
        });
    }

    private void Receive(byte[] payload, IPEndPoint from)
    {
        _network.Record(SimulatedEventKind.Datagram, endPoint.Port, payload.Length);
        if (payload.Length > options.MaximumLength)
        {
            channel.Counters.CountDatagrams(0, 0, 1);
            return;
        }

        // What a full receive buffer drops, nobody counts: as in the kernel.
        if (_received.Count == 0 || _receivedBytes + payload.Length <= _network.Options.ReceiveWindow)
        {
            _receivedBytes += payload.Length;
            _received.Enqueue((payload, from.Serialize()));
            channel.MarkReady(this);
        }
    }

    private void DeliverBatch()
    {
        while (_batch.Count < options.BatchSize && _received.TryDequeue(out var datagram))
        {
            _receivedBytes -= datagram.Bytes.Length;
            if (channel.Arena.TryAllocate(Math.Max(datagram.Bytes.Length, 1), out var extent))
            {
                datagram.Bytes.CopyTo(extent.Span);
                _batch.Add(new ReceivedDatagram(extent.Slice(0, datagram.Bytes.Length), datagram.From));
            }
        }

        if (_batch.Count > 0)
        {
            channel.Counters.CountDatagrams(_batch.Count, 0, 0);
            Guard(() => handler.OnReceived(this, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_batch)));
        }

        foreach (var datagram in _batch)
        {
            datagram.Bytes.Span.Fill(0xDD);
            channel.Arena.Free(datagram.Bytes);
        }

        _batch.Clear();
    }

    private void Guard(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception exception)
        {
            channel.OnHandlerFault(exception);
        }
    }

    private IPEndPoint SenderSeenFrom(IPEndPoint target)
    {
        var isWildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        if (!isWildcard)
        {
            return endPoint;
        }

        return new IPEndPoint(IPAddress.IsLoopback(target.Address) ? target.Address : channel.Host, endPoint.Port);
    }
}
