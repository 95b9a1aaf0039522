using System.Runtime.InteropServices;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tcp;

/// <content>Where several stacks share addresses: whose segments come here.</content>
internal sealed partial class TcpLayer
{
    private readonly List<Flow> _left = [];

    /// <summary>Whether the flow's segments come here as long as nothing is remembered of it.</summary>
    private bool IsHome(in Flow flow) => _ownership is null || _ownership.IsHome(flow);

    private bool TryClaim(in Flow flow) => _ownership is null || _ownership.TryClaim(flow);

    private void Remove(in Flow flow)
    {
        _endpoints.Remove(flow);
        if (!IsHome(flow))
        {
            _left.Add(flow);
        }
    }

    // Not before the end of the turn: until then something else may have taken the endpoint's place, whose segments must go on coming.
    private void ReleaseFlows()
    {
        foreach (ref readonly var flow in CollectionsMarshal.AsSpan(_left))
        {
            if (_endpoints.Find(flow) is null)
            {
                _ownership!.Release(flow);
            }
        }

        _left.Clear();
    }
}
