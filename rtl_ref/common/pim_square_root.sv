// floor(sqrt): takes the radicand two bits a step, most significant first, and gives a bit of the root for each.
module pim_square_root #(
    parameter int RootBits = 40
) (
    input  logic                clk_i,
    input  logic                rst_ni,
    input  logic                clear_i,
    input  logic                step_i,
    input  logic [         1:0] radicand_i,
    output logic [RootBits-1:0] root_o
);
  // The remainder is at most twice the root.
  logic [RootBits:0] remainder_q;
  logic [RootBits+2:0] brought, trial;
  logic fits;
  assign brought = {remainder_q, radicand_i};
  assign trial   = {1'b0, root_o, 2'b01};
  assign fits    = brought >= trial;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      remainder_q <= '0;
      root_o      <= '0;
    end else if (clear_i) begin
      remainder_q <= '0;
      root_o      <= '0;
    end else if (step_i) begin
      remainder_q <= (RootBits + 1)'(fits ? brought - trial : brought);
      root_o      <= {root_o[RootBits-2:0], fits};
    end
  end
endmodule
