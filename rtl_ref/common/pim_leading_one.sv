// Position of the highest one: 0 for 0 and for 1.
module pim_leading_one #(
    parameter int Width = 32,
    parameter int PositionBits = 5
) (
    input  logic [       Width-1:0] x_i,
    output logic [PositionBits-1:0] position_o
);
  always_comb begin
    position_o = '0;
    for (int i = 0; i < Width; i++) if (x_i[i]) position_o = PositionBits'(i);
  end
endmodule
