using System.Net;
using Broadside.Channels;

namespace Broadside.Testing;

/// <content>Faults a test brings about at a moment of its choice.</content>
public sealed partial class SimulatedNetwork
{
    private readonly HashSet<ChannelConnection> _stalledConnections = [];
    private readonly HashSet<EndPoint> _stalledEndPoints = [];
    private readonly HashSet<(IPAddress, IPAddress)> _partitions = [];

    /// <summary>Holds up everything a connection sends and is sent, until <see cref="Resume(ChannelConnection)"/>. Nothing is lost.</summary>
    /// <param name="connection">A connection of this network, of either side.</param>
    public void Stall(ChannelConnection connection) => _stalledConnections.Add(connection);

    /// <summary>Holds up every connection of an endpoint, of either side, and connects to it, until <see cref="Resume(EndPoint)"/>.</summary>
    /// <param name="endPoint">As the connections report it.</param>
    public void Stall(EndPoint endPoint) => _stalledEndPoints.Add(endPoint);

    /// <summary>Ends <see cref="Stall(ChannelConnection)"/>; what was held up arrives.</summary>
    /// <param name="connection">The connection.</param>
    public void Resume(ChannelConnection connection)
    {
        _stalledConnections.Remove(connection);
        UnblockAll();
    }

    /// <summary>Ends <see cref="Stall(EndPoint)"/>; what was held up arrives.</summary>
    /// <param name="endPoint">The endpoint.</param>
    public void Resume(EndPoint endPoint)
    {
        _stalledEndPoints.Remove(endPoint);
        UnblockAll();
    }

    /// <summary>Resets a connection on both sides, as by a device in between: each reports <see cref="CloseReason.PeerReset"/>.</summary>
    /// <param name="connection">A connection of this network, of either side.</param>
    /// <exception cref="ArgumentException">It is not of this kind of network.</exception>
    public void Reset(ChannelConnection connection)
    {
        if (connection is not SimulatedConnection simulated)
        {
            throw new ArgumentException("The connection is not of a simulated network.", nameof(connection));
        }

        Record(SimulatedEventKind.Reset, simulated.Id, 0);
        simulated.FailByReset();
        simulated.Peer?.FailByReset();
    }

    /// <summary>Resets every connection of an endpoint, of either side, as <see cref="Reset(ChannelConnection)"/> does.</summary>
    /// <param name="endPoint">As the connections report it.</param>
    public void Reset(EndPoint endPoint)
    {
        foreach (var connection in _connections.Values)
        {
            if (endPoint.Equals(connection.Local))
            {
                Reset(connection);
            }
        }
    }

    /// <summary>Cuts two hosts off from each other, until <see cref="Heal"/>: connections stall, connects find nobody, datagrams are lost.</summary>
    /// <param name="one">A host's address; the network's own is 127.0.0.1.</param>
    /// <param name="other">Another's, or the same to cut a host off from itself.</param>
    public void Partition(IPAddress one, IPAddress other)
    {
        _partitions.Add((one, other));
        _partitions.Add((other, one));
    }

    /// <summary>Ends <see cref="Partition"/>; what connections had on their way arrives.</summary>
    /// <param name="one">A host's address.</param>
    /// <param name="other">Another's.</param>
    public void Heal(IPAddress one, IPAddress other)
    {
        _partitions.Remove((one, other));
        _partitions.Remove((other, one));
        UnblockAll();
    }

    internal bool IsBlocked(IPAddress from, IPAddress to) => _partitions.Count > 0 && _partitions.Contains((from, to));

    internal bool IsStalled(EndPoint? endPoint) => endPoint is not null && _stalledEndPoints.Contains(endPoint);

    internal bool IsBlocked(SimulatedConnection connection)
    {
        var peer = connection.Peer!;
        return _stalledConnections.Contains(connection) || _stalledConnections.Contains(peer) ||
            IsStalled(connection.Local) || IsStalled(peer.Local) ||
            IsBlocked(connection.Host, peer.Host);
    }

    private void UnblockAll()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Unblock();
        }
    }
}
