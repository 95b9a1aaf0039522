using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>One attempt to connect, from the request to its answer.</summary>
internal sealed class SimulatedConnect(SimulatedConnection connection, EndPoint endPoint)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SimulatedNetwork _network = ((SimulatedChannel)connection.Channel).Network;
    private NetworkName _name;

    public void Start(TimeSpan timeout)
    {
        try
        {
            _name = NetworkName.From(endPoint, connection.Host);
        }
        catch (SocketException exception)
        {
            connection.Fail(CloseReason.Unreachable, exception);
            return;
        }

        connection.StartDeadline(timeout);
        Request(TimeSpan.Zero);
    }

    private void Request(TimeSpan delay)
    {
        _network.Schedule(_network.Now + delay.Ticks + _network.DrawLatency(_network.Options.ToAcceptor), Arrive);
    }

    private void Arrive()
    {
        if (connection.IsOver)
        {
            return;
        }

        _network.Record(SimulatedEventKind.Connecting, connection.Id, _name.Port);
        if (_network.IsBlocked(connection.Host, _name.Host) || _network.IsStalled(endPoint))
        {
            Request(RetryInterval);
            return;
        }

        var listener = _network.Listeners.FindNext(_name);
        if (listener is null || _network.DrawRefusal())
        {
            _network.Schedule(_network.Now + _network.DrawLatency(_network.Options.ToConnector), Refuse);
        }
        else if (listener.IsFull)
        {
            Request(RetryInterval);
        }
        else
        {
            Answer(listener);
        }
    }

    private void Refuse()
    {
        if (!connection.IsOver)
        {
            _network.Record(SimulatedEventKind.Refused, connection.Id, 0);
            connection.Fail(CloseReason.Refused, new SocketException((int)SocketError.ConnectionRefused));
        }
    }

    private void Answer(SimulatedListener listener)
    {
        var accepted = new SimulatedConnection(listener.SimulatedChannel, listener.Transport);
        connection.Attach(accepted, _network.Options.ToAcceptor);
        accepted.Attach(connection, _network.Options.ToConnector);
        connection.Remote = endPoint;
        connection.Local = ChooseLocal();
        accepted.Local = endPoint;
        accepted.Remote = connection.Local;
        accepted.Outgoing.Send(new Message(SimulatedEventKind.Established));
        listener.Add(accepted);
    }

    private EndPoint ChooseLocal()
    {
        if (endPoint is not IPEndPoint ip)
        {
            return new UnixDomainSocketEndPoint($"#{connection.Id}");
        }

        var address = IPAddress.IsLoopback(ip.Address) ? ip.Address : connection.Host;
        return new IPEndPoint(address, _network.Listeners.FreePort(address, connection.Host));
    }
}
