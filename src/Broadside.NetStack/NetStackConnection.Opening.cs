using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <content>Opening, from either side.</content>
internal sealed partial class NetStackConnection
{
    /// <summary>Begins the life of a connection made from here. What goes wrong is told by a callback.</summary>
    public void Connect(EndPoint endPoint, TimeSpan timeout, IConnectionHandler handler)
    {
        Handler = handler;
        _remote = endPoint;
        if (endPoint is not IPEndPoint remote)
        {
            Abort(CloseReason.Unreachable, new SocketException((int)SocketError.AddressFamilyNotSupported));
            return;
        }

        var address = NetworkAddress.From(remote.Address);
        var options = Owner.ConnectionOptions(_transport);
        var result = Owner.Stack.Tcp.Connect(
            LocalEndPoints.Any(address), 0, address, (ushort)remote.Port, options, this, Owner.Time, out var tcp);
        if (result != OpenResult.Opened)
        {
            var (reason, error) = CloseReasons.Of(result);
            Abort(reason, error);
            return;
        }

        Begin(tcp);
        _ending = new Ending(this);
        Channel.Schedule(_ending, timeout);
    }

    /// <summary>Begins the life of an accepted connection; false if nobody wants it.</summary>
    public bool TryAccept(TcpConnection tcp, IConnectionAcceptor acceptor)
    {
        Begin(tcp);
        if (Owner.AskAcceptor(acceptor, this) is { } handler)
        {
            Handler = handler;
            return true;
        }

        // Nobody to be told.
        _state |= State.Ended | State.Finishing | State.Closed;
        _tcp = null;
        Owner.Remove(this);
        return false;
    }

    private void Begin(TcpConnection tcp)
    {
        _tcp = tcp;
        _flow = tcp.Flow;
        _state |= State.Named;
    }

    private void Establish()
    {
        if (_ending is { } connecting)
        {
            Channel.Cancel(connecting);
            _ending = null;
        }

        _state |= State.Established;
        Channel.Counters.CountConnection(1);
        RaiseConnected();
    }
}
