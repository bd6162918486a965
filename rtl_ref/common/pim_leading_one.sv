// Position of the highest one: 0 for 0 and for 1.
module pim_leading_one #(
    parameter int Width = 32,
    parameter int PositionBits = 5
) (
    input  logic [       Width-1:0] x_i,
    output logic [PositionBits-1:0] position_o
);
  // A tree: node 1 is the root, bit b the leaf Leaves + b. The node above two has the position within its part.
  localparam int Leaves = 1 << PositionBits;
  logic [2*Leaves-1:0] any;
  logic [2*Leaves*PositionBits-1:0] position;
  always_comb begin
    any                 = '0;
    any[Leaves+:Width]  = x_i;
    position            = '0;
    for (int k = PositionBits - 1; k >= 0; k--) begin
      for (int n = 0; n < Leaves / 2; n++) begin
        if (n < (1 << k)) begin
          any[(1<<k)+n] = any[2*((1<<k)+n)] || any[2*((1<<k)+n)+1];
          position[((1<<k)+n)*PositionBits+:PositionBits] = position[(2*((1<<k)+n)+32'(any[2*((1<<k)+n)+1]))*PositionBits+:PositionBits];
          position[((1<<k)+n)*PositionBits+PositionBits-1-k] = any[2*((1<<k)+n)+1];
        end
      end
    end
  end
  assign position_o = position[PositionBits+:PositionBits];
endmodule
